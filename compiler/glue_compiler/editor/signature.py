"""The signature of the call that is being written, and which of its parameters is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.editor.completion.place import Place


@dataclass(frozen=True, slots=True)
class Signature:
    """A call being written: its signature, the spans of the parameters in it, the one at hand."""

    label: str
    parameters: tuple[tuple[int, int], ...]
    active: int | None
    doc: str


def signature(place: Place) -> Signature | None:
    """The signature of the call of dbt's API or of a frame's method around a place."""
    from glue_compiler.knowledge.dbt_api import dbt_member
    from glue_compiler.knowledge.frames import frame_api, owner_of_kind, parse_parameters

    brackets = [item for item in place.cursor.brackets if item.opening == "("]
    if not brackets or brackets[-1].callee is None or place.cursor.in_comment:
        return None
    bracket = brackets[-1]
    assert bracket.callee is not None  # noqa: S101 - checked above
    callee = place.text(bracket.callee)
    head, _, name = callee.rpartition(".")
    if not head:
        return None
    api = place.dbt_api(callee)
    doc = ""
    written = None
    if api is not None:
        member = dbt_member(api)
        if member is not None and member.kind == "method":
            written, doc = member.signature, member.doc
    else:
        text = place.source.slice(bracket.callee)
        receiver = Span(bracket.callee.start, bracket.callee.start + text.rfind("."))
        found = place.probe(receiver)
        for kind in () if found is None else found.kinds:
            method = frame_api(owner_of_kind(kind), place.settings.glue_version).member(name)
            if method is not None and method.callable:
                written, doc = method.signature, method.summary
                break
    if not written:
        return None
    label = f"{name}{written}"
    spans: list[tuple[int, int]] = []
    active = None
    for parameter in parse_parameters(written, {}):
        start = label.find(parameter.name, spans[-1][1] if spans else len(name))
        spans.append((start, start + len(parameter.name)))
        index = len(spans) - 1
        if (
            (parameter.kind == "args" and active is None and bracket.argument >= index)
            or parameter.name == bracket.keyword
            or (
                bracket.keyword is None
                and index == bracket.argument
                and parameter.kind != "keyword"
            )
            or (parameter.kind == "kwargs" and bracket.keyword is not None and active is None)
        ):
            active = index
    return Signature(label, tuple(spans), active, doc)
