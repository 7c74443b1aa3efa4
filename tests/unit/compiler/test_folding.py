"""Findings that say the same of several places are one, and what silences or repairs one place is minded."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.findings.fixes import fix_text
from glue_compiler.text.source import SourceText

_HEAD = """def model(dbt, session):
    df = dbt.ref("orders")
    if dbt.is_incremental:
        newest = session.sql(f"select max(day) from {dbt.this}").collect()[0][0]
"""
_LINE = "        df = df.filter(df.day{} > newest)\n"
_END = "    return df\n"


def _model(count: int) -> str:
    return _HEAD + "".join(_LINE.format(n) for n in range(count)) + _END


@pytest.mark.parametrize(("count", "more"), [(2, "1 more place"), (51, "50 more places")])
def test_places_that_are_alike_are_one_finding(count: int, more: str) -> None:
    source = SourceText(_model(count))
    (found,) = check(analyze(source), source)
    assert found.code == "GLU610"
    assert source.slice(found.span) == "df.day0 > newest"
    assert found.message.endswith(f"(the same at {more})")
    alike = [place for place in found.related if place.message == "the same here"]
    assert [source.slice(place.span) for place in alike if place.span] == [
        f"df.day{n} > newest" for n in range(1, count)
    ]


def test_one_place_is_told_as_it_is() -> None:
    source = SourceText(_model(1))
    (found,) = check(analyze(source), source)
    assert "same at" not in found.message


def test_a_comment_silences_its_own_place_only() -> None:
    source = SourceText(_model(3).replace("day0 > newest)", "day0 > newest)  # noqa: GLU610"))
    (found,) = check(analyze(source), source)
    assert source.slice(found.span) == "df.day1 > newest"
    assert found.message.endswith("(the same at 1 more place)")


def test_the_fix_is_made_at_all_places() -> None:
    fixed = fix_text(_model(3), lambda source: check(analyze(source), source), unsafe=True)
    guarded = "        if newest is not None:\n    "
    assert fixed.text == _HEAD + "".join(guarded + _LINE.format(n) for n in range(3)) + _END
    assert len(fixed.applied) == 1
    assert fixed.diagnostics == ()
