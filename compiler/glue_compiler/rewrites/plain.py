"""The plain PySpark that a rewrite amounts to, for people: what a session function does is a short helper of the program.

The session judges more than these helpers (`glue_session.rewrites`), and tells what it did; rows, values and types
are the same. A rewrite whose session function has no plain form here is shown as its author wrote it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.rewrites.model import CHAIN, EACH, FILTER, LOOP, PILE, PROJECT, SOME
from glue_compiler.rewrites.plain_columns import Loop, chain_form
from glue_compiler.rewrites.plain_parts import (
    PlainForm,
    expression_of,
    indentation,
    packed,
    part_of,
    quoted,
)
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_compiler.rewrites.decision import Decision
    from glue_compiler.text.source import SourceText

SESSION_NAME = re.compile(r"__dbt_glue_\w+__")
_ODD = re.compile(
    r"(?i)udf|pandas_api|\bmap|apply|rdd|limit|offset|sample|duplicate|distinct|rand|uuid|current_|first|last|any_value"
    r"|collect_|_agg\b|row_number|ntile|lag\b|lead\b|_by\b|nth_value|monotonic|partition_id|input_file|observe|checkpoint"
)
"""Words of a file in which fewer columns could mean other rows: there the helper looks at the plan."""


PLAIN: dict[str, str] = {PROJECT: "project", FILTER: "rows_where"}
"""The helper for each session function that is put around a frame with the same arguments after it."""


def plain_form(
    decision: Decision,
    source: SourceText,
    shown: Callable[[Span], str],
    columns: tuple[str, ...] | None,
    imports: Mapping[str, str],
) -> PlainForm | None:
    """An applied decision in plain PySpark; None where there is no such form, and the author's lines stay.

    `shown` gives a part of the source as the program shows it, `columns` are those of the frame that is converted,
    `imports` the whole names of what the file imports, by the names that nothing else in it has.
    """
    names = set(SESSION_NAME.findall("".join(edit.new_text for edit in decision.edits)))
    if not names:
        return PlainForm(decision.edits)
    if names == {PROJECT}:
        selected = None if _ODD.search(source.text) else _selection(decision, columns, source)
        if selected is not None:
            return selected
    if names == {CHAIN}:
        return chain_form(decision, source, shown, imports)
    if names in ({LOOP}, {EACH, PILE}):
        return Loop(decision, source, shown, imports).form(judged=names == {LOOP})
    if names == {SOME}:
        return _some(decision, source, shown)
    if not names <= set(PLAIN):
        return None
    edits: list[Edit] = []
    for edit in decision.edits:
        text = edit.new_text
        if text.startswith(", "):
            # What the model says of Python functions is the session's to judge by.
            values = _arguments(text)
            wanted = 1 if values and isinstance(values[0], tuple) else 3
            if len(values) < wanted:
                return None
            if wanted == 1 and len(values[0]) > 1 and all(isinstance(v, str) for v in values[0]):
                indent = indentation(source, edit.span.start)
                text = packed(", (", [*map(quoted, values[0])], "))", indent)
            else:
                text = "".join(f", {value!r}" for value in values[:wanted]) + ")"
        text = SESSION_NAME.sub(lambda found: PLAIN[found[0]], text)
        edits.append(replace(edit, new_text=_double_quoted(text)))
    return PlainForm(tuple(edits), tuple(sorted(PLAIN[name] for name in names)))


def projected_names(decision: Decision) -> tuple[str, ...] | None:
    """The columns that a projection asks for, None for any other decision."""
    texts = [edit.new_text for edit in decision.edits]
    if len(texts) != 2 or texts[0] != f"{PROJECT}(" or not texts[1].startswith(", "):
        return None
    values = _arguments(texts[1])
    names = values[0] if values else None
    return tuple(map(str, names)) if isinstance(names, tuple) else None


def _arguments(closing: str) -> tuple[Any, ...]:
    """The values in what closes a call around an expression: `, ('a', 'b'), True)`."""
    try:
        found = ast.literal_eval(f"({closing.removeprefix(', ').removesuffix(')')},)")
    except (SyntaxError, ValueError):
        return ()
    return found if isinstance(found, tuple) else ()


def _double_quoted(text: str) -> str:
    """Code that a rewrite made, with its literals in double quotes where none is there."""
    return text if '"' in text or "\\" in text else re.sub(r"'([^']*)'", r'"\1"', text)


def _selection(
    decision: Decision, columns: tuple[str, ...] | None, source: SourceText
) -> PlainForm | None:
    """A select of the columns, where the project knows all that the frame has."""
    names = projected_names(decision)
    if names is None or columns is None or len({name.lower() for name in columns}) < len(columns):
        return None
    kept = [name for name in columns if name in names]
    if not kept or len(kept) == len(columns) or not all(name.isidentifier() for name in kept):
        return None
    at = decision.edits[1].span
    text = packed(".select(", [*map(quoted, kept)], ")", indentation(source, at.start))
    return PlainForm((Edit(at, text),))


def _some(decision: Decision, source: SourceText, shown: Callable[[Span], str]) -> PlainForm | None:
    """`isEmpty()` in the place of a test of the count, or of the number that is tested later."""
    part = part_of(source, decision.span, shown)
    call = expression_of(part)
    if part is None or not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    frame = part.text(call.func.value)
    if "#" in frame:
        return None
    start, end = decision.span
    before = re.search(
        r"(?:\b(if|elif|while|and|or|not|return)\s+|[(=,:]\s*)\Z", source.text[:start]
    )
    test = re.match(
        r"[ \t]*(?:(?P<empty>(?:==|<=) ?0|< ?1)|(?P<filled>(?:>|!=) ?0|>= ?1))?(?=[ \t]*(?:[:)\],#\n]|(?:and|or|else|if)\b|\Z))",
        source.text[end:],
    )
    word = before[1] if before else None
    bare = test is not None and not test["empty"] and not test["filled"]
    if test is None or before is None or (bare and word in (None, "return")):
        return PlainForm((Edit(decision.span, f"int(not {frame}.isEmpty())"),))
    empty = bool(test["empty"])
    if bare and word == "not":
        start, empty = before.start(1), True
    text = f"({frame}.isEmpty())" if empty else f"(not {frame}.isEmpty())"
    return PlainForm((Edit(Span(start, end if bare else end + test.end()), text),))
