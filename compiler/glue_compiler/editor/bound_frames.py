"""What a name holds at a statement, from facts that are there already: the quick way of a completion.

It answers only where the answer of a fresh analysis would be the same: the text before the statement
is that of the facts, the name was bound in the same block, and nothing in between can have changed
it. Everywhere else it answers None.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.facts.frames import FrameBinding
    from glue_compiler.facts.model import Function, ModelFacts
    from glue_compiler.text.source import SourceText

_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?")


def bound_frames(
    source: SourceText, statement: int, name: str, known: SourceText, facts: ModelFacts
) -> tuple[int, ...] | None:
    """The frames in `facts`, which are those of the text `known`, that the name holds for certain."""
    text = source.text
    if not name.isidentifier() or known.text[:statement] != text[:statement]:
        return None
    place = _function_at(facts, statement)
    before = [
        item for item in facts.flow.bindings if item.name == name and item.span.start < statement
    ]
    if not before or place is None:
        return None
    start = max(item.span.start for item in before)
    found = [item for item in before if item.span.start == start]
    # Without both worlds, the name may hold something else in the other one.
    if {world for item in found for world in item.worlds} != {"full", "incremental"}:
        return None
    if any(item.function != place.qualname for item in found):
        return None
    if not _same_block(known, found[0], statement):
        return None
    end = _searched_from(known, found[0])
    between = text[end:statement]
    if "nonlocal" in between or "global" in between:
        return None
    spark = all(facts.flow.frames[item.frame].kind == "spark" for item in found)
    use = re.compile(rf"\b{re.escape(name)}\b" + (r"(?!\s*\.)" if spark else ""))
    if use.search(between):
        return None
    return tuple(dict.fromkeys(item.frame for item in found))


def _function_at(facts: ModelFacts, offset: int) -> Function | None:
    """The innermost function whose body an offset may stand in: the last one that starts before it."""
    model = facts.model_function
    started = [item for item in facts.functions if item.span.start <= offset]
    last = max(started, key=lambda item: item.span.start, default=None)
    # Other functions are analysed with the arguments of their calls, and nested ones apart.
    return model if last is model else None


def _same_block(source: SourceText, binding: FrameBinding, statement: int) -> bool:
    """Whether the assignment starts a line of the block that the statement is in."""
    text = source.text
    line_start = source.line_starts[source.line_of(binding.span.start) - 1]
    indent = text[line_start : binding.span.start]
    if indent.strip(" \t"):
        return False
    for line in text[line_start:statement].splitlines()[1:]:
        if _BLANK.fullmatch(line):
            continue
        if not line.startswith(indent):
            return False
    return text.startswith(indent, statement)


def _searched_from(source: SourceText, binding: FrameBinding) -> int:
    """From where on other uses of the name count: after the assignment where that is one line."""
    line = source.line_span(source.line_of(binding.span.start))
    rest = source.text[binding.span.end : line.end]
    closed = all(rest.count(left) == rest.count(right) for left, right in _BRACKETS)
    simple = closed and ";" not in rest and not rest.endswith("\\") and '"""' not in rest
    return line.end if simple and "'''" not in rest else binding.span.end
