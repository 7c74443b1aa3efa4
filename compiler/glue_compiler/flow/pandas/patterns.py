"""The patterns of dates that pandas gets, which are Python's: `%Y-%m-%d`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.columns import SparkText
from glue_compiler.flow.core.objects import ConstValue, text_of

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import CallArgument
    from glue_compiler.flow.core.interpretation import Interpretation


def note_pattern(it: Interpretation, arg: CallArgument | None, function: str) -> None:
    """Record the pattern that an argument is."""
    text = None if arg is None else text_of(arg.value)
    if arg is None or text is None or "%" in text or not it.recorder.on:
        return
    written = arg.value.span if isinstance(arg.value, ConstValue) else None
    exact = written is not None and it.tree.slice(written) == text
    span = written if exact and written is not None else it.spans[arg.node]
    tried = it.attempts > 0
    it.recorder.add("spark_texts", SparkText(span, text, "strftime", function, (), exact, tried))
