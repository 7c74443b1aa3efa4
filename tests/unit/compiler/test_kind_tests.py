"""Below a test that asks for the kind of a value, the value of another kind is not judged; that of this kind is."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.text.source import SourceText

_MODEL = """
import pandas as pd
import pyspark.pandas as ps
from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def either(frame):
{body}
    return frame


def model(dbt, session):
    rows = either(dbt.ref("orders").toPandas())
    return either(dbt.ref("orders"))
"""
_PANDAS = 'frame["x"] = 1'
_SPARK = 'frame = frame.withColumn("x", F.lit(1))'


def found(*body: str) -> list[str]:
    """The codes of the errors in a model whose helper takes a frame of Spark and one of pandas."""
    source = SourceText(_MODEL.format(body="\n".join(f"    {line}" for line in body)))
    said = check(analyze(source), source)
    return [item.code for item in said if item.severity == "error"]


def test_without_a_test_both_are_judged() -> None:
    assert found(_PANDAS) == ["GLU604"]
    assert found(_SPARK) == ["GLU602"]


@pytest.mark.parametrize(
    "body",
    [
        ("if isinstance(frame, pd.DataFrame):", f"    {_PANDAS}", "else:", f"    {_SPARK}"),
        ("if not isinstance(frame, DataFrame):", f"    {_PANDAS}", "    return frame", _SPARK),
        ("if isinstance(frame, (pd.DataFrame, ps.DataFrame)):", f"    {_PANDAS}"),
        ("if isinstance(frame, pd.DataFrame) and not frame.empty:", f"    {_PANDAS}"),
        ("if not isinstance(frame, pd.DataFrame) or frame.empty:", "    return frame", _PANDAS),
        ("if type(frame) is pd.DataFrame:", f"    {_PANDAS}", "else:", f"    {_SPARK}"),
        ("if type(frame) != DataFrame:", f"    {_PANDAS}", "else:", f"    {_SPARK}"),
        ("if hasattr(frame, 'withColumn'):", f"    {_SPARK}", "else:", f"    {_PANDAS}"),
        ("frame = frame.toPandas() if isinstance(frame, DataFrame) else frame.copy()", _PANDAS),
        ("if isinstance(frame, DataFrame):", f"    {_SPARK}", "elif len(frame):", "    frame = frame.copy()"),
    ],
)  # fmt: skip
def test_the_other_kind_is_not_judged_below_a_test(body: tuple[str, ...]) -> None:
    assert found(*body) == []


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (("if isinstance(frame, DataFrame):", f"    {_PANDAS}"), ["GLU604"]),
        (("if isinstance(frame, pd.DataFrame):", f"    {_SPARK}"), ["GLU602"]),
        (("if hasattr(frame, 'withColumn'):", f"    {_PANDAS}"), ["GLU604"]),
        (("if isinstance(frame, DataFrame) or frame.empty:", "    return frame", _SPARK), ["GLU602"]),
        (("size = 1 if isinstance(frame, pd.DataFrame) else 2", _PANDAS), ["GLU604"]),
        (("known = isinstance(frame, pd.DataFrame) and frame.empty", _PANDAS), ["GLU604"]),
    ],
)  # fmt: skip
def test_the_kind_that_was_asked_for_is_judged(body: tuple[str, ...], codes: list[str]) -> None:
    assert found(*body) == codes
