"""`toPandas()` by Arrow, for frames of which Arrow makes the very pandas frame that Spark makes of rows.

Spark's own switch is the whole session's, and every thread's; here one frame is read by Arrow, and
becomes what it would have become. docs/rewrites/arrow.md has the table of types.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from glue_session.arrow_batches import ARROW

_SAME = {"tinyint", "smallint", "int", "bigint", "float", "double", "string", "boolean", "date"}
_PLAIN_SCALE = 6
"""Up to here Java writes a decimal without an exponent, from which Python would take other digits."""
_LIMITS = {"GlobalLimit", "LocalLimit", "Tail", "Offset"}
_SPARKS = {(3, 3), (3, 5), (4, 1)}
"""Those of Glue 4.0, 5.x and 6.0 (`tools/verify.py spark-versions` compares on each)."""


def arrow_is_on(spark: Any) -> bool:
    """Whether the session's own setting takes Arrow for conversions."""
    return str(spark.conf.get(ARROW, "false")) == "true"


def arrow_takes(frame: Any) -> bool:
    """Whether a conversion treats every column by itself: without Arrow always, with it when it knows all types."""
    if not arrow_is_on(frame.sparkSession):
        return True
    from pyspark.sql.pandas.types import to_arrow_schema

    try:
        to_arrow_schema(frame.schema)
    except Exception:  # noqa: BLE001 - a type that Arrow does not know, by whatever error
        return False
    return True


def to_pandas(frame: Any) -> tuple[Any, str]:
    """What `frame.toPandas()` gives, and why it was not read by Arrow ("": it was)."""
    why = _why_not(frame)
    if why:
        return frame.toPandas(), why
    try:
        return _by_arrow(frame), ""
    except Exception as error:  # noqa: BLE001 - whatever it is, the way as written gives it, or does not
        why = f"Arrow did not take it ({type(error).__name__})"
    return frame.toPandas(), why


def foreign(frame: Any) -> str:
    """Why a frame cannot be read by Arrow at all: it is none of this Spark; "" where it can."""
    kind = getattr(sys.modules.get("pyspark.sql"), "DataFrame", None)
    known = kind is not None and isinstance(frame, kind) and hasattr(frame, "_collect_as_arrow")
    return "" if known else "it is no frame of this Spark"


def known_spark() -> bool:
    """Whether this is a Spark on which what Arrow brings was compared with what rows bring."""
    return spark_version() in _SPARKS


def spark_version() -> tuple[int, ...]:
    """Spark's version without its patch: (3, 5)."""
    import pyspark

    return _version(pyspark)


def _version(module: Any) -> tuple[int, ...]:
    return tuple(map(int, module.__version__.split(".")[:2]))


def limited(frame: Any) -> bool:
    """Whether the last step chooses rows: Spark does it in another way where they are not collected as rows."""
    plan = frame._jdf.queryExecution().optimizedPlan()
    return plan.getClass().getSimpleName() in _LIMITS


def _why_not(frame: Any) -> str:
    why = foreign(frame)
    if why:
        return why
    import pandas
    import pyspark

    if not known_spark() or not (1, 5) <= _version(pandas) < (3, 0):
        return f"not known of Spark {pyspark.__version__} with pandas {pandas.__version__}"
    if arrow_is_on(frame.sparkSession):
        return "Arrow is on"
    if getattr(getattr(pandas.options, "future", None), "infer_string", False):
        return "pandas is set to infer strings"
    names = frame.columns
    if not names or len(set(names)) != len(names):
        return "two columns have one name, or there are none"
    odd = [field.name for field in frame.schema.fields if not _same(field.dataType)]
    if odd:
        return f"Arrow may give other values for {odd[0]} ({frame.schema[odd[0]].dataType.simpleString()})"
    return "the last step chooses rows" if limited(frame) else ""


def _same(data_type: Any) -> bool:
    kind = data_type.simpleString()
    if kind.startswith("decimal"):
        return int(data_type.scale) <= _PLAIN_SCALE
    if kind == "timestamp":
        # Rows hold times of this process's zone, where one hour of a year may stand for two.
        return time.tzname == ("UTC", "UTC") and os.environ.get("TZ", "UTC") == "UTC"
    return kind in _SAME


def _by_arrow(frame: Any) -> Any:
    import pyarrow  # type: ignore[import-untyped]

    spark = frame.sparkSession
    batches = frame._collect_as_arrow()
    if not any(batch.num_rows for batch in batches):
        return spark.createDataFrame([], frame.schema).toPandas()
    table = pyarrow.Table.from_batches(batches)
    del batches
    table = table.rename_columns([str(place) for place in range(table.num_columns)])
    stamps = []
    for place, field in enumerate(frame.schema.fields):
        if field.dataType.simpleString() == "timestamp":
            stamps.append(str(place))
            column = table.column(place).cast(pyarrow.timestamp("us", "UTC"))
            table = table.set_column(place, str(place), column)
    pdf = table.to_pandas(date_as_object=True)
    del table
    zone = spark.conf.get("spark.sql.session.timeZone")
    for name in stamps:
        local = pdf[name].dt.tz_convert(zone).dt.tz_localize(None)
        pdf[name] = local.astype("datetime64[ns]")
    if not all(pdf[name].to_numpy().flags.writeable for name in pdf):
        pdf = pdf.copy()
    pdf.columns = frame.columns
    return pdf
