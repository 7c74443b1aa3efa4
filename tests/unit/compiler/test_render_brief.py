"""A finding as dbt tells it: its place, the line in which it starts with the marks below it, and what to do next."""

from __future__ import annotations

import pytest
from glue_compiler.findings.diagnostics import Diagnostic, Severity
from glue_compiler.findings.render import render_brief, to_text
from glue_compiler.text.source import SourceText, Span


def brief(text: str, marked: str, help_text: str | None = None) -> list[str]:
    start = text.index(marked)
    span = Span(start, start + len(marked))
    finding = Diagnostic("GLU501", "undefined-name", "wrong", span, Severity.ERROR, help=help_text)
    return to_text(render_brief(SourceText(text), finding, "models/m.py")).split("\n")


def test_the_line_loses_its_indentation_and_the_marks_stay_below_the_span() -> None:
    assert brief("if x:\n        return fram\n", "fram", "Write `frame`.") == [
        "models/m.py:2:16 GLU501 wrong",
        "    return fram",
        "           ^^^^",
        "    Write `frame`.",
    ]


@pytest.mark.parametrize(
    ("text", "marked", "shown", "marks"),
    [
        ("f(\n    a,\n)\n", "(\n    a,\n)", "f(", " ^"),
        ("a\t= b\r\n", "b", "a    = b", "       ^"),
        ("x = '数字', b\n", "b", "x = '数字', b", "            ^"),
        ("    \n", "\n", "", "^"),
    ],
    ids=["several lines", "a tab", "wide characters", "an empty line"],
)
def test_marks_are_where_a_terminal_shows_the_span(
    text: str, marked: str, shown: str, marks: str
) -> None:
    rows = brief(text, marked)
    assert [row.removeprefix("    ") for row in rows[1:]] == [shown, marks]
