"""What functions of pyspark.sql.functions give: result type, aggregate, window, determinism.

Measured by Spark's own analyser (tools/knowledge/measure_functions.py): a result type is stored only
when every call that Spark accepted, over columns of many types, agreed on it. A version without a
measurement of its own reads the one of Spark 3.5, without ANSI mode; functions that Spark 3.5 lacks
then have no known type.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from glue_compiler.knowledge.frames import DATA, api
from glue_compiler.knowledge.glue_versions import NEWEST_GLUE, SPARK_OF_GLUE

MEASURED = "3.5"

NOT_DETERMINISTIC = frozenset(
    {
        *("rand", "randn", "random", "randstr", "uniform", "uuid", "shuffle"),
        *("monotonically_increasing_id", "spark_partition_id", "input_file_name"),
        *("input_file_block_start", "input_file_block_length", "reflect", "java_method"),
        *("try_reflect", "call_function", "call_udf"),
    }
)
"""Spark marks these as not deterministic, or cannot know (functions called by name)."""

VOLATILE = frozenset(
    {
        *("current_date", "curdate", "current_timestamp", "now", "localtimestamp", "current_time"),
        *("current_user", "session_user", "user", "current_timezone", "unix_timestamp"),
    }
)
"""Functions whose value is fixed within one query and may differ in the next."""

ORDER_DEPENDENT = frozenset(
    {
        *("any_value", "array_agg", "collect_list", "collect_set", "first", "first_value"),
        *("last", "last_value", "listagg", "listagg_distinct", "max_by", "min_by", "mode"),
        *("string_agg", "string_agg_distinct"),
    }
)
"""Aggregates whose value depends on the order of rows or on which of several equals is met first."""

UDF_MAKERS = frozenset({"udf", "pandas_udf", "udtf", "arrow_udf", "arrow_udtf"})
"""Functions that wrap a Python callable: what they make runs in Python workers."""


@dataclass(frozen=True, slots=True)
class SparkFunction:
    """A function of pyspark.sql.functions in one Spark version."""

    name: str
    result: str | None
    """Spark's name of the result type (``bigint``) when it is the same for all arguments."""
    aggregate: bool = False
    window: bool = False
    """Whether it is valid over a window only (row_number, lag, ...)."""
    generator: bool = False
    """Whether it makes several rows of one (explode, ...)."""
    deterministic: bool = True
    """False when two evaluations of the same rows may differ (rand, uuid, ...)."""
    volatile: bool = False
    order_dependent: bool = False
    never_null: bool = False
    udf: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether evaluating it again over the same rows is certain to give the same values."""
        return not (self.udf or self.volatile or self.order_dependent) and self.deterministic


def spark_function(name: str, glue_version: str | None = None) -> SparkFunction | None:
    """What a function gives on a Glue version; None when its Spark has no such function.

    An unknown Glue version reads as the newest known one.
    """
    version = SPARK_OF_GLUE.get(glue_version or NEWEST_GLUE, SPARK_OF_GLUE[NEWEST_GLUE])
    return _function(name, version)


@lru_cache(maxsize=2048)
def _function(name: str, version: str) -> SparkFunction | None:
    if not api("spark.functions", version).has(name):
        return None
    result, flags = measured_functions(version).get(name, (None, []))
    return SparkFunction(
        name=name,
        result=result,
        aggregate="aggregate" in flags,
        window="window" in flags,
        generator="generator" in flags,
        deterministic=name not in NOT_DETERMINISTIC and "nondeterministic" not in flags,
        volatile=name in VOLATILE,
        order_dependent=name in ORDER_DEPENDENT,
        never_null="never_null" in flags,
        udf=name in UDF_MAKERS,
    )


@lru_cache(maxsize=4)
def measured_functions(version: str) -> dict[str, tuple[str | None, list[str]]]:
    """What was measured of each function of a Spark version: the kind of its result, and its flags."""
    path = DATA / f"spark-functions-{version}.json"
    if not path.is_file():
        path = DATA / f"spark-functions-{MEASURED}.json"
    text = path.read_text(encoding="utf-8")
    rows: dict[str, tuple[str | None, list[str]]] = json.loads(text)
    return rows
