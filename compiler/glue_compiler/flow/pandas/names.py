"""The column names that arguments of pandas methods are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core.members import note_column
from glue_compiler.flow.core.objects import ConstValue, items_of, items_or_itself, text_of, texts_of

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.values import Value
    from glue_compiler.flow.pandas.values import PandasFrame


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
    return None if items is None else texts_of(items)


def note_names(
    it: Interpretation,
    frame: PandasFrame,
    value: Value,
    method: str | None,
    *,
    how: str = "argument",
    case_sensitive: bool = True,
    must_exist: bool = False,
) -> None:
    """Record the columns that a string or a list of strings names.

    They need not exist where a name may also be that of a level of the index.
    """
    for item in items_or_itself(value):
        if isinstance(item, ConstValue) and isinstance(item.value, str) and item.span is not None:
            note_column(
                it,
                frame,
                item.value,
                item.span,
                how,
                method,
                case_sensitive=case_sensitive,
                must_exist=must_exist,
            )
