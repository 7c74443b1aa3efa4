"""Fixes are applied together, to a fixpoint, and never leave a file that does not parse."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.findings.diagnostics import Diagnostic, Edit, Fix, Severity
from glue_compiler.findings.fixes import apply_edits, fix_text
from glue_compiler.text.source import SourceText, Span


def _check(source: SourceText) -> tuple[Diagnostic, ...]:
    return check(analyze(source), source)


def _found(span: Span, *edits: Edit, safety: str = "safe") -> Diagnostic:
    fix = Fix("fix", edits, safety)  # type: ignore[arg-type]
    return Diagnostic("GLU000", "test", "message", span, Severity.ERROR, fixes=(fix,))


def test_edits_are_applied_in_the_order_of_the_text() -> None:
    edits = [Edit(Span(4, 5), "C"), Edit(Span(0, 1), "A"), Edit(Span(2, 2), "+")]
    assert apply_edits("a b c", edits) == "A +b C"


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(Span(0, 3), "x"), Edit(Span(2, 4), "y")],
        [Edit(Span(0, 99), "x")],
    ],
)
def test_edits_that_overlap_or_leave_the_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits("a b c", edits)


def test_unsafe_fixes_are_applied_on_request_only() -> None:
    def once(source: SourceText) -> tuple[Diagnostic, ...]:
        edit = Edit(Span(0, 1), "b")
        return (_found(Span(0, 1), edit, safety="unsafe"),) if source.text == "a" else ()

    assert fix_text("a", once).text == "a"
    assert fix_text("a", once, unsafe=True).text == "b"


def test_a_fix_that_breaks_the_file_is_refused_and_the_others_are_kept() -> None:
    def check_text(source: SourceText) -> tuple[Diagnostic, ...]:
        if source.text != "a = 1\nb = 2\n":
            return ()
        return (
            _found(Span(0, 1), Edit(Span(0, 1), "x")),
            _found(Span(6, 7), Edit(Span(6, 7), ")(")),
        )

    fixed = fix_text("a = 1\nb = 2\n", check_text)
    assert fixed.text == "x = 1\nb = 2\n"
    assert fixed.applied == ("GLU000",)


def test_fixes_that_undo_each_other_end() -> None:
    def check_text(source: SourceText) -> tuple[Diagnostic, ...]:
        other = "b" if source.text == "a" else "a"
        return (_found(Span(0, 1), Edit(Span(0, 1), other)),)

    assert fix_text("a", check_text).text in ("a", "b")


def test_several_lost_calls_of_one_statement_are_hoisted_in_order() -> None:
    text = (
        "def model(dbt, session):\n"
        "    return dbt.ref('a')[['x']].union(dbt.ref('b')[['x']].distinct())\n"
    )
    fixed = fix_text(text, _check)
    assert [item.code for item in fixed.diagnostics if item.code == "GLU201"] == []
    assert "dbt.ref('a')\n" in fixed.text
    assert "dbt.ref('b')\n" in fixed.text


def test_line_breaks_of_the_file_are_kept() -> None:
    text = "def model(dbt, session):\r\n    return dbt.ref('a')[['x']].distinct()\r\n"
    fixed = fix_text(text, _check)
    assert fixed.text == (
        "def model(dbt, session):\r\n    a = dbt.ref('a')\r\n    return a[['x']].distinct()\r\n"
    )
