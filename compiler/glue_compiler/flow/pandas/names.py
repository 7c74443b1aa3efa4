"""The column names that arguments of pandas methods are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core.members import note_column
from glue_compiler.flow.core.values import ConstValue, FrameValue, Value, items_of, text_of

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpreter import Interpreter


def with_base(name: str) -> tuple[str, ...]:
    """A column of a merge may be one of a source with a suffix."""
    if name.endswith(("_x", "_y")):
        return (name, name[:-2])
    return (name,)


def names_of(value: Value) -> list[str] | None:
    """The column names that a value is: one string, or a list of strings."""
    text = text_of(value)
    if text is not None:
        return [text]
    items = items_of(value)
    if items is None:
        return None
    names = [text_of(item) for item in items]
    known = [name for name in names if name is not None]
    return known if len(known) == len(names) else None


def note_names(
    it: Interpreter, frame: FrameValue, value: Value, method: str, *, must_exist: bool = False
) -> None:
    """Record the columns that a string or a list of strings names.

    They need not exist where a name may also be that of a level of the index.
    """
    for item in items_of(value) or (value,):
        if isinstance(item, ConstValue) and isinstance(item.value, str) and item.span is not None:
            note_column(
                it,
                frame,
                item.value,
                item.span,
                "argument",
                method,
                case_sensitive=True,
                must_exist=must_exist,
            )
