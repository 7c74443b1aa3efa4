"""Comments that silence findings, where they reach, and which of them are reported as left over."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.project.settings import Settings
from glue_compiler.text.source import SourceText

_MODEL = "def model(dbt, session):\n    {line}\n    return dbt.ref('orders')\n"


def _codes(text: str, settings: Settings | None = None) -> list[str]:
    source = SourceText(text)
    return [item.code for item in check(analyze(source), source, None, settings)]


def test_without_a_comment_the_finding_is_there() -> None:
    assert _codes(_MODEL.format(line="a = '{{'")) == ["GLU002"]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: GLU002",
        "# NOQA:GLU002",
        "# noqa: E501, GLU002",
        "# dbt-glue: ignore[GLU002] rendered elsewhere",
        "# dbt-glue: ignore[jinja-braces]",
        "# dbt-glue: ignore",
        "# type: ignore  # noqa: GLU002",
    ],
)
def test_a_comment_at_the_end_of_the_line_silences(comment: str) -> None:
    assert _codes(_MODEL.format(line=f"a = '{{{{'  {comment}")) == []


def test_another_code_does_not_silence_and_is_reported_as_unused() -> None:
    assert _codes(_MODEL.format(line="a = '{{'  # noqa: GLU201")) == ["GLU002", "GLU009"]


def test_a_comment_on_its_own_line_covers_the_next_line_of_code() -> None:
    line = "# dbt-glue: ignore[GLU002]\n    # because\n\n    a = '{{'"
    assert _codes(_MODEL.format(line=line)) == []
    line = "# dbt-glue: ignore[GLU002]\n    b = 1\n    a = '{{'"
    assert _codes(_MODEL.format(line=line)) == ["GLU009", "GLU002"]


def test_noqa_on_its_own_line_covers_nothing_as_in_other_linters() -> None:
    assert _codes(_MODEL.format(line="# noqa: GLU002\n    a = '{{'")) == ["GLU002"]


def test_a_comment_for_the_whole_file() -> None:
    text = "# dbt-glue: ignore-file[GLU002]\n" + _MODEL.format(line="a = '{{'\n    b = '{{'")
    assert _codes(text) == []


def test_a_finding_of_several_lines_is_covered_at_its_end() -> None:
    text = (
        "def model(dbt, session):\n"
        "    return session.createDataFrame(dbt.ref(\n"
        "        'orders',\n"
        "    ).columns)  # noqa: GLU201\n"
    )
    assert "GLU201" not in _codes(text)


def test_unused_comments_of_rules_that_are_off_are_left_alone() -> None:
    text = _MODEL.format(line="a = 1  # noqa: GLU002")
    assert _codes(text) == ["GLU009"]
    assert _codes(text, Settings(ignore=("GLU002",))) == []
    assert _codes(text, Settings(ignore=("GLU009",))) == []


def test_a_text_that_looks_like_a_comment_in_a_string_is_none() -> None:
    assert _codes(_MODEL.format(line="a = '{{  # noqa'")) == ["GLU002"]
