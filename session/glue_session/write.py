"""Writes a model's result once, as a table of its own, and counts its rows on the way."""

from __future__ import annotations

import secrets
import threading
from typing import Any

from glue_session.errors import ModelError
from glue_session.overwrites import replace_table
from glue_session.texts import quote_name, sql_text

_OBSERVED_WITHIN_SECONDS = 10.0


def write_table(frame: Any, target: dict[str, Any]) -> int:
    """Writes `frame` to the table that `target` describes (replacing a left-over of that name); returns its rows.

    The frame is evaluated once: the rows are counted by an observation of the write itself.
    Raises ModelError for partition columns that the result does not have.
    """
    from pyspark.sql import Observation
    from pyspark.sql import functions as sql_functions

    names = {name.lower() for name in frame.columns}
    _check_columns("partition_by", target["partition_by"], names, len(frame.columns))
    _check_columns("clustered_by", target["bucket_by"], names, None)
    observation = Observation("dbt_rows")
    observed = frame.observe(
        observation, sql_functions.count(sql_functions.lit(1)).alias("dbt_rows")
    )
    if target["overwrites"]:
        replace_table(observed, target)
    elif target["statement"]:
        _run_statement(observed, target["statement"], target["view"])
    else:
        _save(observed, target)
    rows = _observed_rows(observation)
    return frame.sparkSession.table(target["relation"]).count() if rows is None else rows


def _run_statement(frame: Any, statement: str, view: str) -> None:
    """Runs the SQL that makes a table of the rows of `view`, which is the frame."""
    frame.createOrReplaceTempView(view)
    try:
        frame.sparkSession.sql(statement)
    finally:
        frame.sparkSession.catalog.dropTempView(view)


def _save(frame: Any, target: dict[str, Any]) -> None:
    """Makes the table by one statement: DataFrameWriter knows no properties, and these tell whose table it is."""
    view = f"__dbt_rows_{secrets.token_hex(8)}"
    clauses = [f"CREATE TABLE {target['relation']} USING {target['file_format']}"]
    if target["options"]:
        clauses.append(f"OPTIONS ({_pairs(target['options'], ' ')})")
    if target["partition_by"]:
        clauses.append(f"PARTITIONED BY ({_names(target['partition_by'])})")
    if target["buckets"]:
        buckets = f"INTO {int(target['buckets'])} BUCKETS"
        clauses.append(f"CLUSTERED BY ({_names(target['bucket_by'])}) {buckets}")
    if target["location"]:
        clauses.append(f"LOCATION {sql_text(target['location'])}")
    if target["table_properties"]:
        clauses.append(f"TBLPROPERTIES ({_pairs(target['table_properties'], ' = ')})")
    frame.sparkSession.sql(f"DROP TABLE IF EXISTS {target['relation']}")
    clauses.append("AS SELECT * FROM " + quote_name(view))  # noqa: S608 - a quoted name
    _run_statement(frame, " ".join(clauses), view)


def _pairs(given: dict[str, Any], between: str) -> str:
    return ", ".join(f"{sql_text(key)}{between}{sql_text(value)}" for key, value in given.items())


def _names(columns: list[str]) -> str:
    return ", ".join(map(quote_name, columns))


def _check_columns(config: str, wanted: list[str], names: set[str], total: int | None) -> None:
    absent = [name for name in wanted if name.lower() not in names]
    if absent:
        raise ModelError(
            f"{config} names {', '.join(absent)}, but the returned frame has the columns {', '.join(sorted(names))}"
        )
    if total is not None and wanted and len(wanted) >= total:
        raise ModelError(
            f"{config} names every column of the returned frame; a table needs at least one more column"
        )


def _observed_rows(observation: Any) -> int | None:
    """The observed count, or None if Spark does not deliver it: `Observation.get` would wait for ever."""
    delivered: list[int] = []

    def wait() -> None:
        delivered.append(int(observation.get["dbt_rows"]))

    waiter = threading.Thread(target=wait, name="dbt-glue-observation", daemon=True)
    waiter.start()
    waiter.join(_OBSERVED_WITHIN_SECONDS)
    return delivered[0] if delivered else None
