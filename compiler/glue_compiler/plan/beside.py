"""A changed text with what stood there in comments beside: at the end of the line, or above it where it is long."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_WIDTH = 110
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Change:
    """Edits that belong together, and what to say of them: the words in front of the author's line, "" for values."""

    edits: tuple[Edit, ...]
    words: str = ""


def with_originals(text: str, changes: Sequence[Change], apply: Callable[..., str]) -> str:
    """`text` after the changes, whose edits do not overlap; `apply` makes edits of a text.

    Where only values took the place of calls, the comment has the calls; else it has the lines as they were.
    """
    every = [(edit, change) for change in changes for edit in change.edits]
    if not every:
        return text
    try:
        lines, ends = logical_lines(text)
    except (tokenize.TokenError, SyntaxError):  # of carriage returns, for instance
        return apply(text, [edit for edit, _ in every])
    groups = _groups(lines, [edit.span for edit, _ in every])
    pieces: list[str] = []
    position = 0
    for start, end in groups:
        inside = [(e, c) for e, c in every if start <= e.span.start and e.span.end <= end]
        here = [moved(edit, start) for edit, _ in inside]
        old = text[start:end]
        words = next((change.words for _, change in inside if change.words), "")
        if not words:
            told = [moved(edit, start) for edit in _told(text, [e for e, _ in inside], ends)]
            new = apply(old, [*here, *told])
        else:
            new = _commented(old, apply(old, here), words)
        pieces += [text[position:start], new]
        position = end
    return "".join([*pieces, text[position:]])


def logical_lines(text: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Where logical lines of Python start (with their indentation) and end; the ends of lines that can have a comment."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    lines: list[tuple[int, int]] = []
    ends: list[int] = []
    first: int | None = None
    skipped = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
    end = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NL, tokenize.NEWLINE):
            ends.append(starts[token.start[0] - 1] + token.start[1])
        if token.type in skipped or token.type == tokenize.ENDMARKER:
            continue
        if token.type == tokenize.NEWLINE:
            if first is not None:
                lines.append((first, starts[token.start[0] - 1] + token.start[1]))
            first = None
            continue
        if first is None:
            first = starts[token.start[0] - 1]
        end = starts[token.end[0] - 1] + token.end[1]
    if first is not None:
        lines.append((first, end))
    return lines, ends


def without_needless_parentheses(
    text: str, edits: Sequence[Edit], apply: Callable[..., str]
) -> list[Edit]:
    """The edits without parentheses that they put around an expression and that change nothing."""
    found = list(edits)
    for number, edit in enumerate(found):
        opened = edit.new_text.startswith("(")
        if not opened:
            continue
        trial = list(found)
        if edit.new_text.endswith(")"):
            trial[number] = Edit(edit.span, edit.new_text[1:-1])
        else:
            closing = next(
                (n for n in range(number + 1, len(found)) if found[n].new_text == ")"), None
            )
            if closing is None:
                continue
            trial[number] = Edit(edit.span, edit.new_text[1:])
            trial[closing] = Edit(found[closing].span, "")
        if _tree(apply(text, trial)) == _tree(apply(text, found)):
            found = trial
    return found


def _tree(text: str) -> str | None:
    try:
        return ast.dump(parse_ast(text))
    except (SyntaxError, ValueError):
        return None


def _groups(lines: list[tuple[int, int]], spans: Iterable[Span]) -> list[tuple[int, int]]:
    """The runs of logical lines that edits touch, one for lines that one edit joins."""
    touched: list[tuple[int, int]] = []
    for span in spans:
        inside = [line for line in lines if line[0] <= span.end and span.start <= line[1]]
        if inside:
            touched.append((inside[0][0], max(inside[-1][1], span.end)))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(touched):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def moved(edit: Edit, start: int) -> Edit:
    """An edit as one of the part of its text that begins at `start`."""
    return Edit(Span(edit.span.start - start, edit.span.end - start), edit.new_text)


def _told(text: str, edits: list[Edit], ends: Sequence[int]) -> list[Edit]:
    """What the edits replace, in a comment at the end of its line, where one can stand there."""
    by_end: dict[int, list[Edit]] = {}
    for edit in edits:
        # What is put in says itself what it is for.
        if edit.span.start < edit.span.end and not edit.new_text.lstrip().startswith("#"):
            end = next((end for end in ends if end >= edit.span.end), None)
            if end is not None and "\n" not in text[edit.span.end : end]:
                by_end.setdefault(end, []).append(edit)
    found = []
    for end, here in by_end.items():
        was = dict.fromkeys(" ".join(text[slice(*edit.span)].split()) for edit in here)
        said = ", ".join(was)
        if len(said) <= _LONGEST and "#" not in text[text.rfind("\n", 0, end) + 1 : end]:
            found.append(Edit(Span(end, end), f"  # {said}"))
    return found


def _commented(old: str, new: str, words: str) -> str:
    indent = new[: len(new) - len(new.lstrip())]
    was = [line.removeprefix(indent).rstrip() for line in old.splitlines() if line.strip()]
    line = f"{new}  # {words} {was[0]}".rstrip()
    # A comment that the line has already keeps its place.
    if len(was) == 1 and "\n" not in new and len(line) <= _WIDTH and "#" not in new:
        return line
    blanks = " " * len(words)
    above = [f"{indent}# {words if n == 0 else blanks} {part}" for n, part in enumerate(was)]
    return "\n".join([*above, new])
