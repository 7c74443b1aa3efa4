"""Shows a diagnostic with its place in the source, as lines of styled text that need no terminal library."""

from __future__ import annotations

import difflib
import unicodedata
from typing import TYPE_CHECKING, Literal, NamedTuple

from glue_compiler.findings.fixes import apply_edits

if TYPE_CHECKING:
    from glue_compiler.findings.diagnostics import Diagnostic, Fix
    from glue_compiler.text.source import SourceText, Span

Style = Literal[
    "plain", "path", "code", "error", "warning", "information", "hint",
    "gutter", "underline", "help", "added", "removed",
]  # fmt: skip

_TAB = "    "
_MAX_FRAME_LINES = 6


class Segment(NamedTuple):
    """A piece of a line in one style."""

    text: str
    style: Style = "plain"


Line = tuple[Segment, ...]


def location(source: SourceText, path: str, span: Span) -> str:
    """`path:line:column` with a column from 1, as editors and terminals read it."""
    line, column = source.line_column(span.start)
    return f"{path}:{line}:{column + 1}"


def render(source: SourceText, diagnostic: Diagnostic, path: str) -> list[Line]:
    """The location, message, source frame, help and first fix of a diagnostic."""
    severity: Style = diagnostic.severity.value
    lines: list[Line] = [
        (
            Segment(location(source, path, diagnostic.span), "path"),
            Segment(": "),
            Segment(f"{diagnostic.code}", severity),
            Segment(f" {diagnostic.message}"),
            Segment(f"  [{diagnostic.name}]", "gutter"),
        )
    ]
    lines += frame(source, diagnostic.span, severity)
    margin = " " * _gutter_width(source, diagnostic.span)
    for place in diagnostic.related:
        where = _related_location(source, path, place.path, place.span, place.line)
        lines.append((Segment(f"{margin} = ", "gutter"), Segment(f"{where}: {place.message}")))
    if diagnostic.help:
        lines.append((Segment(f"{margin} = help: ", "help"), Segment(diagnostic.help)))
    if diagnostic.fixes:
        fix = diagnostic.safe_fix or diagnostic.fixes[0]
        title = "fix" if fix.safety == "safe" else "unsafe fix"
        lines.append((Segment(f"{margin} = {title}: ", "help"), Segment(fix.title)))
        lines += [(Segment(f"{margin}   "), *line) for line in fix_diff(source, fix)]
    return lines


def render_brief(source: SourceText, diagnostic: Diagnostic, path: str) -> list[Line]:
    """The location and message of a diagnostic, the line in which it starts, and what to do next."""
    line = source.line_span(source.line_of(diagnostic.span.start))
    text = source.slice(line).rstrip()
    body = text.lstrip()
    indent = len(text) - len(body)
    start = max(diagnostic.span.start - line.start - indent, 0)
    end = max(min(diagnostic.span.end, line.end) - line.start - indent, start)
    before = _width(body[:start])
    marks = max(_width(body[:end]) - before, 1)
    severity: Style = diagnostic.severity.value
    lines: list[Line] = [
        (
            Segment(location(source, path, diagnostic.span), "path"),
            Segment(" "),
            Segment(f"{diagnostic.code}", severity),
            Segment(f" {diagnostic.message}"),
        ),
        (Segment(_TAB), Segment(_shown(body))),
        (Segment(_TAB), Segment(" " * before), Segment("^" * marks, severity)),
    ]
    if diagnostic.help:
        lines.append((Segment(_TAB), Segment(diagnostic.help, "help")))
    return lines


def frame(source: SourceText, span: Span, style: Style = "underline") -> list[Line]:
    """The lines of a span with the one before it, numbered, and the span underlined."""
    first = source.line_of(span.start)
    last = source.line_of(max(span.start, span.end - 1))
    width = _gutter_width(source, span)
    empty: Line = (Segment(f"{' ' * width} |", "gutter"),)
    lines: list[Line] = [empty]
    shown = [number for number in (first - 1,) if number >= 1 and source.line_text(number).strip()]
    body = list(range(first, last + 1))
    if len(body) > _MAX_FRAME_LINES:
        body = [*body[: _MAX_FRAME_LINES - 2], -1, body[-1]]
    for number in [*shown, *body]:
        if number < 0:
            lines.append((Segment(f"{'.' * width} |", "gutter"),))
            continue
        text = source.line_text(number)
        content = (Segment(f" {_shown(text)}"),) if text else ()
        lines.append((Segment(f"{number:>{width}} |", "gutter"), *content))
        if first <= number <= last:
            lines.append(_underline(source, number, span, width, style))
    lines.append(empty)
    return lines


def _underline(source: SourceText, number: int, span: Span, width: int, style: Style) -> Line:
    line = source.line_span(number)
    text = source.slice(line)
    start = max(span.start, line.start) - line.start
    if span.start < line.start:
        start = len(text) - len(text.lstrip())
    end = max(min(span.end, line.end) - line.start, start)
    before = _width(text[:start])
    length = max(_width(text[:end]) - before, 1)
    return (
        Segment(f"{' ' * width} |", "gutter"),
        Segment(" " * (before + 1)),
        Segment("^" * length, style),
    )


def fix_diff(source: SourceText, fix: Fix) -> list[Line]:
    """The changed lines of a fix, `-` before and `+` after."""
    try:
        after = apply_edits(source.text, fix.edits)
    except ValueError:
        return []
    return [
        (Segment(text, "removed" if text[0] == "-" else "added"),)
        for text in _diff(source.text, after, context=0)
        if text[:1] in ("-", "+") and not text.startswith(("---", "+++"))
    ]


def unified_diff(before: str, after: str, path: str) -> list[Line]:
    """A unified diff that `patch` reads."""
    styles: dict[str, Style] = {"-": "removed", "+": "added", "@": "gutter"}
    return [
        (Segment(text, styles.get(text[:1], "plain")),)
        for text in _diff(before, after, context=3, path=path)
    ]


def _diff(before: str, after: str, *, context: int, path: str = "") -> list[str]:
    lines = difflib.unified_diff(_lines(before), _lines(after), path, path, n=context, lineterm="")
    return [line.rstrip("\r\n") for line in lines]


def _lines(text: str) -> list[str]:
    """Lines by `\\n` alone; a carriage return stays at the end, to be seen as a difference."""
    parts = text.split("\n")
    return parts[:-1] if parts[-1] == "" else parts


def to_text(lines: list[Line]) -> str:
    """The lines without any style."""
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def _related_location(
    source: SourceText, path: str, other: str | None, span: Span | None, line: int | None
) -> str:
    if other is None and span is not None:
        return location(source, path, span)
    return f"{other or path}:{line}" if line is not None else other or path


def _gutter_width(source: SourceText, span: Span) -> int:
    return len(str(source.line_of(max(span.start, span.end - 1))))


def _shown(text: str) -> str:
    """The text as a terminal should get it: tabs widened, control characters replaced."""
    text = text.replace("\t", _TAB)
    return "".join(
        char if char.isprintable() or char == " " else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def _width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    if text.isascii():
        return len(text) + text.count("\t") * (len(_TAB) - 1)
    total = 0
    for char in text:
        if char == "\t":
            total += len(_TAB)
        elif unicodedata.combining(char):
            continue
        else:
            total += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return total
