"""Lists inside strings: nothing of a value is lost."""

from __future__ import annotations

import pytest
from glue_compiler.project.profile_values import (
    parse_arguments,
    parse_conf,
    parse_names,
    parse_tags,
)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        (
            "--additional-python-modules=pandas==2.1.0,numpy==1.26",
            {"--additional-python-modules": "pandas==2.1.0,numpy==1.26"},
        ),
        ("--conf=spark.a=b", {"--conf": "spark.a=b"}),
        ("--a=1,--b=x y, --c=", {"--a": "1", "--b": "x y", "--c": ""}),
        ("enable-metrics=true", {"--enable-metrics": "true"}),
        ("--url=https://h/?a=1,2", {"--url": "https://h/?a=1,2"}),
        ("", {}),
        (None, {}),
        ({"a": True, "--b": 2}, {"--a": "true", "--b": "2"}),
    ],
)
def test_arguments(text: object, parsed: dict[str, str]) -> None:
    assert parse_arguments(text) == parsed  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("spark.a=1", {"spark.a": "1"}),
        ("--conf spark.a=1 --conf spark.b=x=y --conf spark.c=two words", {"spark.a": "1", "spark.b": "x=y", "spark.c": "two words"}),
        (["spark.a=1", "spark.b=2"], {"spark.a": "1", "spark.b": "2"}),
        ({"spark.a": False}, {"spark.a": "false"}),
    ],
)  # fmt: skip
def test_conf(text: object, parsed: dict[str, str]) -> None:
    assert parse_conf(text) == parsed  # type: ignore[arg-type]


def test_tags_and_names() -> None:
    assert parse_tags("team=data,formula=a=b") == {"team": "data", "formula": "a=b"}
    assert parse_names("a, b,,c") == ("a", "b", "c")
    assert parse_names(["x", " y "]) == ("x", "y")
    with pytest.raises(ValueError, match="key=value"):
        parse_tags("team")
    with pytest.raises(ValueError, match=r"spark\.setting=value"):
        parse_conf("spark.a")
