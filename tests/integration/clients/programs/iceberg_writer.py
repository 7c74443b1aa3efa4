"""One of several processes that write one Iceberg table: inserts and merges, and a line for each acknowledged one.

Then it waits for a line, and prints what it reads in the table. No part of the endpoint runs in it.
"""

import json
import os
import sys
import time

from iceberg_spark import iceberg_spark

TABLE, WRITER, COMMITS, JARS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
spark = iceberg_spark(1, "OFF", {"spark.jars": JARS, "spark.driver.memory": "1g"})


def say(**words):
    """A line for the test."""
    print(json.dumps(words), flush=True)


def commit(query):
    """Runs a statement until it is acknowledged; how often Iceberg reported a conflict before."""
    conflicts = 0
    while in_conflict(query):
        conflicts += 1
        spark.sql(f"refresh table {TABLE}")
    return conflicts


def in_conflict(query):
    """Runs a statement; whether Iceberg reported a conflict instead. Raises what else went wrong."""
    try:
        spark.sql(query)
    except Exception as error:
        text = str(error)
        if "conflicting" not in text and "CommitFailedException" not in text:
            raise
        return True
    return False


say(ready=WRITER)
sys.stdin.readline()
# What the insert before has written, and beside it a row of its own.
MERGE = (
    "merge into {table} t using (select {writer} writer, {key} key union all select {writer}, -1 - {key}) s "
    "on t.writer = s.writer and t.key = s.key "
    "when matched then update set t.merged = t.merged + 1 "
    "when not matched then insert (writer, key, merged) values (s.writer, s.key, 0)"
)
STATEMENTS = (
    ("insert", "insert into {table} select {writer} writer, {key} key, 0 merged"),
    ("merge", MERGE),
)
for number in range(COMMITS):
    key, begun = number // 2, time.perf_counter()
    kind, statement = STATEMENTS[number % 2]
    query = statement.format(table=TABLE, writer=WRITER, key=key)
    conflicts = commit(query)
    say(kind=kind, key=key, conflicts=conflicts, seconds=time.perf_counter() - begun)
say(done=WRITER)
sys.stdin.readline()
spark.sql(f"refresh table {TABLE}")  # Iceberg's cache does not know of other processes
rows = spark.sql(f"select writer, key, merged from {TABLE}").collect()
snapshots = spark.sql(f"select count(*) from {TABLE}.snapshots").first()[0]
say(rows=[list(row) for row in rows], snapshots=snapshots)
os._exit(0)  # nothing is left to be cleaned up; an orderly end takes Spark a second
