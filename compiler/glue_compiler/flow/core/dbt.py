"""dbt's API as a library: its parts, and the frames of its relations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import Relation
from glue_compiler.flow.core.library import Library, Meaning
from glue_compiler.flow.core.objects import ConstValue, DbtValue, text_of
from glue_compiler.flow.core.values import UNKNOWN, Value
from glue_compiler.names.bind import can_step, step

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env

THIS = Relation("this")


def _attribute(_it: Interpretation, node: cst.Attribute, dbt: DbtValue, _env: Env) -> Value:
    return DbtValue(step(dbt.path, node.attr.value)) if can_step(dbt.path) else UNKNOWN


def _call(it: Interpretation, call: Call, callee: DbtValue, _env: Env) -> Value:
    if callee.path == "is_incremental":
        return ConstValue(it.world == "incremental")
    if callee.path not in ("ref", "source"):
        return UNKNOWN
    return it.engine.frame(_relation(call, callee.path), it.spans[call.node])


def _relation(call: Call, path: str) -> Relation | None:
    """The relation that `ref` or `source` names; None when the text does not tell for certain."""
    parts = [text_of(arg.value) for arg in call.positional]
    version = next(
        (
            repr(a.value.value)
            for a in call.args
            if a.name in ("v", "version") and isinstance(a.value, ConstValue)
        ),
        None,
    )
    known = tuple(part for part in parts if part is not None)
    if call.open or not known or len(known) != len(parts):
        return None
    return Relation("ref" if path == "ref" else "source", known, version)


LIBRARY = Library(
    name="dbt",
    meanings=(Meaning(DbtValue, attribute=_attribute, call=_call, members_are_values=True),),
)
