"""Spans move with edits, comments silence rules, names are found in SQL and YAML."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.silence import silence
from glue_compiler.editor.references import Named, name_in_yaml, refs_in_sql, sources_in_sql
from glue_compiler.findings.fixes import apply_edits
from glue_compiler.text.shift import Shift, common_prefix, common_suffix
from glue_compiler.text.source import SourceText, Span
from hypothesis import given
from hypothesis import strategies as st

LINES = "one\ntwo\nthree\n"


def moved(old: str, new: str, word: str) -> str | None:
    start = old.index(word)
    before, after = SourceText(old), SourceText(new)
    span = Shift(before, after).to_new(Span(start, start + len(word)))
    return None if span is None else after.slice(span)


def test_spans_before_and_after_a_change_are_kept_and_those_on_it_are_not() -> None:
    new = "one\ntwo!\nthree\n"
    assert [moved(LINES, new, word) for word in ("one", "two", "three")] == ["one", None, "three"]
    assert moved(LINES, "zero\n" + LINES, "three") == "three"


@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20))
def test_prefixes_and_suffixes_are_the_longest(one: str, other: str) -> None:
    prefix, suffix = common_prefix(one, other), common_suffix(one, other)
    shortest = min(len(one), len(other))
    assert one[:prefix] == other[:prefix]
    assert one[len(one) - suffix :] == other[len(other) - suffix :]
    assert prefix == shortest or one[prefix] != other[prefix]
    assert suffix == shortest or one[-suffix - 1] != other[-suffix - 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\n", "x = 1  # dbt-glue: ignore[GLU201]\n"),
        (
            "x = 1  # dbt-glue: ignore[GLU202] why\n",
            "x = 1  # dbt-glue: ignore[GLU202, GLU201] why\n",
        ),
        ("x = '''\n'''\n", "x = '''\n'''  # dbt-glue: ignore[GLU201]\n"),
        ("x = \\\n    1\n", "x = \\\n    1  # dbt-glue: ignore[GLU201]\n"),
    ],
)
def test_a_comment_silences_a_rule(text: str, expected: str) -> None:
    source = SourceText(text)
    fix = silence(source, analyze(source), "GLU201", Span(0, len(text) - 1))
    assert fix is not None
    assert apply_edits(text, fix.edits) == expected


def test_names_in_sql() -> None:
    text = "select * from {{ ref('a') }} join {{ ref(\"p\", 'a') }} join {{ source('s', 'a') }}"
    assert [text[start:end] for start, end in refs_in_sql(text, Named("a", "p"))] == ["a", "a"]
    (found,) = sources_in_sql(text, ("s", "a"))
    assert found.start == text.rindex("'a'") + 1


def test_names_in_yaml() -> None:
    text = SourceText("models:\n  - description: x\n    name: 'orders'\n  - name: orders_2\n")
    span = name_in_yaml(text, 2, "orders")
    assert span is not None
    assert text.slice(span) == "orders"
    assert text.line_of(span.start) == 3
