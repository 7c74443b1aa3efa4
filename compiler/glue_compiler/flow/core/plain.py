"""What code does with Python's own values that they cannot do: members and items that they do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.refusals import PlainUse
from glue_compiler.knowledge.builtins import has_items, lacks

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value


def note_plain_attribute(it: Interpretation, node: cst.Attribute, value: Value) -> None:
    """Record `value.name` where Python's values of this kind have no such member."""
    if it.recorder.on and lacks(value.python_class(), node.attr.value):
        _note(it, node.value, value, node.attr.value)


def note_plain_item(it: Interpretation, node: cst.Subscript, value: Value) -> None:
    """Record `value[...]` where nothing can be taken out of Python's values of this kind."""
    if it.recorder.on and not has_items(value.python_class()):
        _note(it, node.value, value, "")


def _note(it: Interpretation, node: cst.BaseExpression, value: Value, member: str) -> None:
    """A function of the file may choose what it does by other arguments: nothing is certain below its tests."""
    if len(it.stack) > 1 and (it.activation.tests or it.activation.returns):
        return
    it.recorder.add(
        "plain_uses",
        PlainUse(
            span=it.spans[node],
            kind=value.python_class(),
            member=member,
            worlds=(),
            name=node.value if type(node) is cst.Name else None,
            tried=it.attempts > 0,
        ),
    )
