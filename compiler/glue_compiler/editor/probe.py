"""What an expression in a half-written statement is: the text before it is analysed with the expression at its end.

Forward analysis needs nothing after the statement, so what the user is about to write cannot
disturb it, and typing on in the same place asks for the same text again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.text.python_ast import syntax_error
from glue_compiler.text.source import SourceText
from glue_compiler.tree.readable import break_in
from glue_compiler.tree.recover import repaired_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.facts.frames import MemberUse
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.text.source import Span

    Analyze = Callable[[SourceText], ModelFacts]

_NAME = "__glue_value__"
# The analysis records members of what it knows: any name on a frame, real ones on other objects.
_MEMBERS = ("__glue_member__", "count", "alias", "sql")
_REPAIRS = 6
_INDENT = re.compile(r"[ \t\f]*")


@dataclass(frozen=True, slots=True)
class Probe:
    """What an expression is: its kinds (`spark`, `spark_grouped`, ...) and frames, in `facts`."""

    facts: ModelFacts
    kinds: tuple[str, ...]
    frames: tuple[int, ...]


def probe(source: SourceText, statement: int, expression: Span, analyze: Analyze) -> Probe | None:
    """What the expression of the statement that starts at an offset is, None when nobody knows."""
    text = source.text
    indent = _INDENT.match(text, statement)
    written = source.slice(expression)
    lines = [f"{_NAME} = ({written}\n)", *(f"{_NAME}.{member}" for member in _MEMBERS)]
    space = indent[0] if indent is not None else ""
    head = text[:statement]
    probing = "".join(f"{space}{line}\n" for line in lines)
    # With what follows the line at hand, the text differs from the last version by one statement.
    whole: str | None = _read_with(head, probing + _after_line(source, expression))
    if whole is None:
        whole = repaired_text(head, probing + _closing_of_tries(head, space))
    if whole is None:
        return None
    facts = analyze(SourceText(whole))
    found = [use for use in facts.flow.members if _is_probe(use, whole)]
    kinds = tuple(dict.fromkeys(use.kind for use in found))
    frames = tuple(dict.fromkeys(use.frame for use in found if use.frame is not None))
    return Probe(facts, kinds, frames)


def _read_with(head: str, tail: str) -> str | None:
    """The two texts as one that CPython reads, without statements that break it before or after the line at hand."""
    text = head + tail
    found = break_in(text)
    if found is None:
        return text
    source = SourceText(text)
    return repaired_elsewhere(source, source.line_of(len(head)), found.line)


def _after_line(source: SourceText, expression: Span) -> str:
    """The text after the line on which an expression ends."""
    line = source.line_of(expression.end)
    starts = source.line_starts
    return source.text[starts[line] :] if line < len(starts) else ""


def _is_probe(use: MemberUse, text: str) -> bool:
    return use.member in _MEMBERS and text[use.receiver.start : use.receiver.end] == _NAME


def repaired_text(head: str, tail: str) -> str | None:
    """The two texts as one that parses, with `pass` for broken statements of the first.

    Lines keep their numbers. None when a few repairs do not suffice, or the second is the broken one.
    """
    lines = head.splitlines(keepends=True)
    for _ in range(_REPAIRS):
        whole = "".join(lines) + tail
        problem = syntax_error(whole)
        if problem is None:
            return whole
        line = min((problem.lineno or 1) - 1, len(lines) - 1)
        if "'except' or 'finally'" in (problem.msg or ""):
            lines.insert(line, _finally(lines[:line]))
        elif line < 0 or not _blank(lines, line):
            return None
    return None


def _blank(lines: list[str], index: int) -> bool:
    """Replace the statement on a line, with the deeper lines after it; False when it is blank already."""
    while index > 0 and not lines[index].strip():
        index -= 1
    line = lines[index]
    body = line.strip()
    if not body or body == "pass":
        return False
    space = line[: len(line) - len(line.lstrip())]
    lines[index] = f"{space}pass{_break(line)}"
    for following in range(index + 1, len(lines)):
        text = lines[following]
        if text.strip():
            deeper = len(text) - len(text.lstrip()) > len(space)
            if not deeper and text.lstrip()[0] not in ")]}":
                break
            lines[following] = _break(text)
    return True


def _finally(before: list[str]) -> str:
    """The clause that ends the last `try` of some lines."""
    opened = next((line for line in reversed(before) if re.match(r"\s*try\s*:", line)), "")
    return f"{opened[: len(opened) - len(opened.lstrip())]}finally: pass\n"


def _break(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _closing_of_tries(head: str, indent: str) -> str:
    """`finally` clauses for the `try` blocks that a line with this indentation stands in."""
    width = len(indent)
    closing = ""
    for line in reversed(head.splitlines()):
        body = line.lstrip()
        if not body or body.startswith("#"):
            continue
        current = len(line) - len(body)
        if current < width:
            width = current
            if re.match(r"try\s*:", body):
                space = line[:current]
                closing += f"{space}finally:\n{space}    pass\n"
    return closing
