"""What Spark aggregates for pandas is, object by object, what pandas makes of all rows: values, dtypes, names and order."""

from __future__ import annotations

import datetime as dt
import math
import os
import random
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from glue_session import aggregates
from glue_session.dbt_object import Dbt
from glue_session.loading import load_model
from glue_session.rewrites import rewritten_calls
from sessions import model_of, planned

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

COLUMNS: dict[str, tuple[str, list[Any]]] = {
    "k": ("string", [None, "", "a", "b", "b", "é", "Z", "\U0001f600", "\uffff", "NaN"]),
    "k2": ("int", [None, -3, 0, 1, 2]),
    "full": ("int", [-3, 0, 1, 2]),
    "big": ("bigint", [0, -5, 2**31, 2**53 + 1, -(2**63), 2**63 - 1]),
    "wide": ("bigint", [None, -(2**40), 2**40 + 1, 7]),
    "edge": ("int", [1, 2**31 - 1, -(2**31)]),
    "tiny": ("tinyint", [-128, 127, 3]),
    "flag": ("boolean", [None, True, False]),
    "day": ("date", [None, dt.date(1800, 1, 1), dt.date(2024, 2, 29), dt.date(2200, 1, 1)]),
    "at": ("timestamp", [None, dt.datetime(1970, 1, 2), dt.datetime(2024, 10, 27, 1, 30), dt.datetime(2024, 10, 27, 2, 30, 0, 1)]),
    "price": ("decimal(9,2)", [None, Decimal("0.00"), Decimal("-1.25"), Decimal("9999999.99")]),
    "x": ("double", [None, 0.0, -0.0, 1.5, 1e300, math.nan, math.inf, -math.inf]),
    "f": ("float", [None, 0.5, 1.5, math.nan, -math.inf]),
}  # fmt: skip
"""Spark's type of a column, and the values that it has."""

TABLES = {
    "nothing": (0, False),
    "one row": (1, False),
    "one row without NULL": (1, True),
    "few rows": (5, False),
    "few rows without NULL": (6, True),
    "many rows": (60, False),
    "many rows without NULL": (80, True),
}
"""The number of rows, and whether the values that are no number are left out, NULL and zero with a sign among them."""

SCALARS = [f"pdf['{c}'].{how}()" for c in ("k2", "full", "wide", "edge", "tiny", "price", "x", "f", "at") for how in ("count", "min", "max")]  # fmt: skip
SCALARS += [f"pdf['{c}'].{how}()" for c in ("k2", "full", "wide", "edge", "tiny", "big") for how in ("sum", "mean")]  # fmt: skip
SCALARS += ["len(pdf)", "pdf.shape[0]", "pdf.empty", "pdf['price'].sum()", "len(pdf['k'].unique())", "sorted(pdf['full'].unique())", "sorted(set(pdf['edge'].unique()))"]  # fmt: skip
SCALARS += [f"pdf['{c}'].nunique()" for c in ("k", "k2", "full", "big", "flag", "day", "at", "price")]  # fmt: skip
COUNTS = [f"pdf['{c}'].value_counts()" for c in ("k", "k2", "full", "flag", "day", "at", "price", "big")]  # fmt: skip
COUNTS += ["pdf['k'].value_counts(normalize=True)", "pdf[['k', 'k2']]['k2'].value_counts(normalize=False)"]  # fmt: skip
_KEYS = ["'k'", "['k']", "['k', 'k2']", "'full'", "'k2'", "'flag'", "'day'", "'at'", "'price'", "'big'", "['flag', 'day']"]  # fmt: skip
GROUPS = [f"pdf.groupby({by}).size()" for by in _KEYS]
GROUPS += [f"pdf.groupby({by})['{c}'].{how}()" for by in ("'k'", "['k', 'k2']", "'k2'") for c in ("k2", "full", "wide", "edge", "tiny", "price", "x", "f", "at", "day") for how in ("count", "min", "max")]  # fmt: skip
GROUPS += [f"pdf.groupby({by})['{c}'].{how}()" for by in ("'k'", "['k', 'full']", "'flag'") for c in ("k2", "full", "wide", "edge", "tiny", "big") for how in ("sum", "mean", "nunique")]  # fmt: skip
GROUPS += [
    "pdf.groupby('k')['price'].sum()",
    "pdf.groupby('k')['k2'].agg('max')",
    "pdf.groupby('k').agg({'full': 'sum', 'edge': 'sum', 'k2': 'mean', 'wide': 'count'})",
    "pdf.groupby(by='k').agg(a=('edge', 'sum'), n=('x', 'size'), u=('k2', 'nunique'), m=('tiny', 'mean'), c=('k', 'count')).reset_index()",
    "pdf.groupby(['k', 'k2'], as_index=False).agg(a=('edge', 'max'), b=('price', 'min'))",
    "pdf.groupby('k', as_index=False).size()",
    "pdf.groupby('k', as_index=False)['full'].sum()",
    "pdf.groupby(['k', 'k2'], dropna=False)['full'].max()",
    "pdf.groupby('k2', dropna=False).agg(n=('full', 'count'), s=('wide', 'sum'))",
    "pdf.groupby('k', dropna=False).size().reset_index(name='n')",
    "pdf.groupby('k', observed=True, sort=True).size().sort_index(ascending=False)",
    "(len(pdf), pdf['full'].sum(), pdf.groupby('k')['full'].mean(), pdf['k2'].nunique())",
]

EXPRESSIONS = [*SCALARS, *COUNTS, *GROUPS]


def outcome(spark: Any, source: str, view: str) -> tuple[Any, list[dict[str, Any]]]:
    """What a model returns as it is, or its error; and what the session said of its rewrites."""
    followed: list[dict[str, Any]] = []
    refs = [{"package": None, "name": "t", "version": None, "relation": view}]
    this = {"database": None, "schema": "s", "identifier": "m", "relation": "m"}
    request = {"refs": refs, "sources": [], "config": {}, "meta": {}, "this": this, "is_incremental": False}  # fmt: skip
    model = load_model({"spark": spark}, source, "models/m.py", {}, rewritten_calls(followed))
    try:
        return model(Dbt(spark, request), spark), followed
    except Exception as error:  # noqa: BLE001 - compared by type
        return error, followed


def assert_same(one: Any, other: Any) -> None:
    assert type(one) is type(other), (one, other)
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
        for name in one.columns:
            assert list(map(repr, one[name])) == list(map(repr, other[name]))
    elif isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, check_exact=True)
        assert list(map(repr, one)) == list(map(repr, other))
    elif isinstance(one, tuple):
        for mine, theirs in zip(one, other, strict=True):
            assert_same(mine, theirs)
    elif isinstance(one, (set, list)):
        assert sorted(map(repr, one)) == sorted(map(repr, other))
    else:
        assert repr(one) == repr(other)


def made(spark: Any, rows: int, whole: bool, seed: str, view: str, folder: Path) -> Any:
    chance = random.Random(seed)
    plain = (None, math.nan, -0.0) if whole else ()
    values = {
        name: [v for v in choices if not any(repr(v) == repr(other) for other in plain)]
        for name, (_, choices) in COLUMNS.items()
    }
    data = [[chance.choice(found) for found in values.values()] for _ in range(rows)]
    schema = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
    path = str(folder / view)
    spark.createDataFrame(data, schema).repartition(2).write.mode("overwrite").parquet(path)
    frame = spark.read.parquet(path)
    frame.createOrReplaceTempView(view)
    return frame


@pytest.mark.parametrize("arrow", [False, True], ids=["rows", "Arrow"])
@pytest.mark.parametrize("table", TABLES)
def test_objects_are_those_of_pandas(spark: Any, table: str, arrow: bool, tmp_path: Path) -> None:
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", str(arrow).lower())
    seed = f"{os.environ.get('DBT_GLUE_PROPERTY_SEED', '16')} {table} {arrow}"
    frame = made(spark, *TABLES[table], seed, "v_aggregated", tmp_path)
    share = int(os.environ.get("DBT_GLUE_REWRITE_PROGRAMS", "3")) / 12
    chosen = [e for e in EXPRESSIONS if random.Random(seed + e).random() < share]
    pdf = frame.toPandas()
    told: Counter[str] = Counter()
    for expression in chosen:
        plan = planned(model_of(f"pdf = df.toPandas()\nreturn {expression}"))
        assert "driver_aggregation" in {d.rewrite for d in plan.decisions if d.applied}, expression
        given, followed = outcome(spark, plan.source, "v_aggregated")
        (said,) = [call for call in followed if call["rewrite"] == "driver_aggregation"]
        told[said["why"] or "applied"] += 1
        if said["applied"]:
            _judge(expression, pdf, given)
    print(f"{table}, {len(chosen)} aggregations: {dict(told)}")
    assert told["applied"] or not TABLES[table][0] or len(chosen) < 20


def _judge(expression: str, pdf: pd.DataFrame, given: Any) -> None:
    try:
        written = eval(expression, {"pdf": pdf})
    except (TypeError, ValueError):
        return  # of a failure anything may be made but another wrong result
    try:
        assert_same(written, given)
    except AssertionError as error:
        raise AssertionError(f"{expression}\n{written!r}\n{given!r}") from error


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("select id as k from range(5000)", "k seem to have more than 1000 combinations"),
        (
            "select a.id % 10 as k from range(5000) a join range(9) b on a.id % 9 = b.id",
            "the frame is more than read: were its groups too many, it would be computed twice",
        ),
    ],
)
def test_no_frame_is_computed_twice(
    spark: Any, table: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the cells are made, a guess tells whether the rows will be fetched after all."""
    monkeypatch.setattr(aggregates, "CELLS", 1000)
    spark.sql(table).createOrReplaceTempView("v_many")
    plan = planned(model_of("pdf = df.toPandas()\nreturn pdf.groupby('k').size()"))
    given, followed = outcome(spark, plan.source, "v_many")
    (said,) = [call for call in followed if call["rewrite"] == "driver_aggregation"]
    assert (said["applied"], said["why"]) == (False, why)
    assert_same(given, spark.table("v_many").toPandas().groupby("k").size())
