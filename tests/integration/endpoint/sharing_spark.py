"""One of several Sparks that work on one warehouse at the same time; run by the interpreter that has it.

Its arguments are a JSON text: its own name, the names of all, the metastore's address, Spark's settings.
It prints what it saw, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
PATIENCE = 180.0


def until(condition: Callable[[], bool]) -> None:
    """Poll a condition of the other processes; fail at the deadline."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the others did not do their part")
        time.sleep(0.1)


def work(spark: SparkSession, name: str, names: list[str]) -> dict[str, Any]:
    """Write what is one's own, write beside the others into one table, and read what they wrote."""

    def rows(text: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in spark.sql(text).collect()]

    def tables() -> set[str]:
        return {table for _, table, _ in rows("show tables in shared")}

    rows("create database if not exists shared location 's3://bucket/shared'")
    # Text: Spark's own writers of Parquet have one staging folder for each table, Hive's one for each job.
    rows(
        "create table if not exists shared.events (id bigint) "
        "partitioned by (who string, round int) stored as textfile"
    )
    rows(f"create table shared.of_{name} using parquet as select id from range(100)")
    for number in range(ROUNDS):
        where = f"partition (who = '{name}', round = {number})"
        rows(f"insert into shared.events {where} select id from range(10)")
        rows(f"alter table shared.of_{name} set tblproperties ('round' = '{number}')")
    rows(f"create view shared.view_{name} as select count(*) n from shared.of_{name}")
    until(lambda: {f"view_{other}" for other in names} <= tables())
    return {
        "version": spark.version,
        "seen": {other: rows(f"select n from shared.view_{other}")[0][0] for other in names},
        "rounds": {
            other: rows(f"show tblproperties shared.of_{other} ('round')")[0][1] for other in names
        },
        "events": {
            other: rows(f"select count(*), sum(id) from shared.events where who = '{other}'")[0]
            for other in names
        },
        "last": rows(
            f"select who, count(*) from shared.events where round = {ROUNDS - 1} group by who order by who"
        ),
    }


def main() -> None:
    """What the arguments ask for."""
    given = json.loads(sys.argv[1])
    builder = SparkSession.builder.master("local[2]").enableHiveSupport()
    for key, value in given["settings"].items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    print(json.dumps(work(spark, given["name"], given["names"])))
    spark.stop()


if __name__ == "__main__":
    main()
