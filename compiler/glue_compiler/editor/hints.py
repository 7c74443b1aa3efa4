"""What an editor writes between the lines of a model: kinds and columns of frames, signatures of calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.editor.completion.place import Place
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import Span

_KINDS = {"spark": "Spark", "pandas": "pandas", "pandas_on_spark": "pandas-on-Spark"}
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Hint:
    """A text after an offset; `frames` have the details."""

    offset: int
    label: str
    frames: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """A call being written: its signature, the spans of the parameters in it, the one at hand."""

    label: str
    parameters: tuple[tuple[int, int], ...]
    active: int | None
    doc: str


def inlay_hints(facts: ModelFacts, schemas: FrameSchemas) -> tuple[Hint, ...]:
    """Kind and number of columns after names that are bound to frames; the columns after `return`."""
    by_name: dict[Span, list[int]] = {}
    for binding in facts.flow.bindings:
        by_name.setdefault(binding.span, []).append(binding.frame)
    hints = [
        Hint(span.end, f": {_described(facts, schemas, frames)}", tuple(frames))
        for span, frames in by_name.items()
    ]
    by_return: dict[Span, list[int]] = {}
    for item in facts.flow.returns:
        if item.frame is not None and not item.implicit:
            by_return.setdefault(item.span, []).append(item.frame)
    for span, frames in by_return.items():
        known = schemas.of(frames[0])
        if known.columns:
            names = [column.name for column in known.columns]
            more = len(names) - _MOST_NAMES
            text = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
            dots = "" if known.exact else ", ..."
            hints.append(Hint(span.start + len("return"), f" ({text}{dots})", tuple(frames)))
    return tuple(sorted(hints, key=lambda hint: hint.offset))


def _described(facts: ModelFacts, schemas: FrameSchemas, frames: list[int]) -> str:
    texts = []
    for frame in frames:
        known = schemas.of(frame)
        text = _KINDS[facts.flow.frames[frame].kind]
        if known.exact:
            text += f", {len(known.columns)} column{'s' * (len(known.columns) != 1)}"
        if text not in texts:
            texts.append(text)
    return " or ".join(texts)


def signature(place: Place) -> Signature | None:
    """The signature of the call of dbt's API or of a frame's method around a place."""
    from glue_compiler.knowledge.dbt_api import dbt_member
    from glue_compiler.knowledge.frames import frame_api, owner_of_kind, parse_parameters
    from glue_compiler.text.source import Span

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
