"""While a text is broken: a repaired text of the same lines, for completion and hover only.

Where the text breaks on other lines than the cursor's, the statements there are taken out of it, and no
offset moves. Else the repairs at the cursor are tried from the smallest to the largest; the first that
CPython reads is taken. Every one keeps all line breaks and the lines before the cursor's.
Fixes are never made from a repaired text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.text.source import SourceText, Span
from glue_compiler.tree.readable import break_in, is_readable

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLE = "__hole__"
"""The name that stands where an expression is missing."""

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
      | [A-Za-z]{0,2}(?P<quote>\"\"\"|'''|\"|')
      | (?P<open>[(\[{]) | (?P<close>[)\]}])
      | (?P<break>\r\n|\r|\n)
      | \w+ | [^\w\s]""",
    re.VERBOSE,
)
_REPAIRS = 6
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_NEEDS_EXPRESSION = re.compile(
    r"(?:[.,=(\[{+\-*/%<>&|^~@:]|\b(?:return|in|and|or|not|if|elif|while|is|lambda|import|from|with|for|as))"
    r"[ \t]*\Z"
)
_HEAD = re.compile(
    r"\s*(?:async\s+)?(?:if|elif|else|for|while|with|def|class|try|except|finally)\b"
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A text that CPython reads, and how it was made: intact, elsewhere, hole, closed, line, statement."""

    source: SourceText
    how: str


def recover(
    source: SourceText, offset: int | None = None, broken: int | None = None
) -> Recovered | None:
    """A readable text near a broken one; `offset` is the cursor, by default where it breaks.

    `broken` is the line at which CPython stops reading, where that is known. None is returned when no repair
    helps.
    """
    text = source.text
    if broken is None:
        found = break_in(text)
        if found is None:
            return Recovered(source, "intact")
        broken = found.line
    if offset is None:
        offset = source.line_span(broken).end
    elsewhere = repaired_elsewhere(source, source.line_of(offset), broken)
    if elsewhere is not None:
        return Recovered(SourceText(elsewhere), "elsewhere")
    for how, candidate in _candidates(source, min(offset, len(text))):
        if candidate.count("\n") == text.count("\n") and is_readable(candidate):
            return Recovered(SourceText(candidate), how)
    return None


def repaired_elsewhere(source: SourceText, cursor: int, broken: int) -> str | None:
    """The text without the statements that break it from line `broken` on; None where the cursor's is one of them."""
    starts = source.line_starts
    bounds = zip(starts, (*starts[1:], len(source)), strict=True)
    lines = [source.text[start:end] for start, end in bounds]
    for _ in range(_REPAIRS):
        if not _take_out(lines, broken - 1, cursor - 1):
            return None
        text = "".join(lines)
        found = break_in(text)
        if found is None:
            return text
        broken = found.line
    return None


def _take_out(lines: list[str], index: int, kept: int) -> bool:
    """Effect: the statement on a line, with the deeper lines after it, is `0` and white space of equal length.

    False, where there is none, or it has the line `kept` in it.
    """
    index = min(index, len(lines) - 1)
    body = lines[index].strip()
    if not body or body == "0":
        return False
    indent = _indent(lines[index])
    end = index + 1
    while end < len(lines):
        text = lines[end].strip()
        if text and _indent(lines[end]) <= indent and text[0] not in ")]}":
            break
        end += 1
    if index <= kept < end:
        return False
    lines[index:end] = [re.sub(r"[^\r\n\t]", " ", line) for line in lines[index:end]]
    lines[index] = f"{lines[index][:indent]}0{lines[index][indent + 1 :]}"
    return True


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _candidates(source: SourceText, offset: int) -> Iterator[tuple[str, str]]:
    text = source.text
    line = source.line_span(source.line_of(offset))
    head, tail = text[:offset], text[offset:]
    rest = text[offset : line.end]
    hole = HOLE if _NEEDS_EXPRESSION.search(head) or not head.strip() else ""
    brackets, quote = _unclosed(text[: line.end], line.start)
    colon = ": pass" if _HEAD.match(text[line.start : line.end]) else ""
    for filler in (hole, HOLE) if hole != HOLE else (HOLE,):
        yield "hole", head + filler + tail
        if colon:
            yield "hole", head + filler + rest + colon + text[line.end :]
    inner, inner_quote = _unclosed(head, line.start)
    for filler in dict.fromkeys((hole, "")):
        for closing in dict.fromkeys((inner_quote + inner, inner_quote + inner + ",")):
            yield "closed", head + filler + closing + colon + text[line.end :]
            yield "closed", head + filler + closing + rest + colon + text[line.end :]
    yield "closed", text[: line.end] + quote + brackets + colon + text[line.end :]
    every, every_quote = _unclosed(text[: line.end], 0)
    yield "closed", text[: line.end] + every_quote + every + colon + text[line.end :]
    indent = re.match(r"[ \t]*", text[line.start : line.end])
    white = indent.group() if indent else ""
    yield "line", text[: line.start] + white + text[line.end :]
    yield "statement", text[: line.start] + white + "pass" + text[line.end :]
    yield from _blanked(source, line, white)


def _blanked(source: SourceText, line: Span, white: str) -> Iterator[tuple[str, str]]:
    """The line as `pass`, and the following lines, which continue it, blank."""
    text = source.text
    number = source.line_of(line.start)
    for last in range(number + 1, min(number + 12, source.line_count) + 1):
        span = source.line_span(last)
        breaks = re.sub(r"[^\r\n]", "", text[line.end : span.end])
        yield "statement", text[: line.start] + white + "pass" + breaks + text[span.end :]


def _unclosed(text: str, start: int) -> tuple[str, str]:
    """The closing brackets, and the quote, that the text lacks from an offset on."""
    stack: list[str] = []
    position = start
    while match := _TOKEN.search(text, position):
        position = match.end()
        kind = match.lastgroup
        if kind == "open":
            stack.append(_PAIRS[match.group()])
        elif kind == "close" and stack and stack[-1] == match.group():
            stack.pop()
        elif kind == "quote":
            quote = match["quote"]
            inside = "." if len(quote) == 3 else r"[^\r\n]"
            end = re.compile(rf"(?:\\.|(?!{quote}){inside})*{quote}", re.DOTALL)
            closed = end.match(text, position)
            if closed is None:
                if len(quote) == 3 or not re.search(r"[\r\n]", text[position:]):
                    return "".join(reversed(stack)), quote
                break
            position = closed.end()
    return "".join(reversed(stack)), ""
