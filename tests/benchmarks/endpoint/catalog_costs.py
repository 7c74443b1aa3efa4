"""What the catalog of an endpoint costs, a JSON object for each part: seconds, milliseconds, megabytes.

A program, so that it can run in an environment with another version of the endpoint, too. Its
arguments are the parts that it measures: all, if there are none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
import psutil
from glue_endpoint.process.client import ensure_endpoint, stop

ROLE = "arn:aws:iam::000000000000:role/glue"
COLUMNS = [{"Name": f"column_{n}", "Type": "string", "Comment": "a column"} for n in range(20)]
STORAGE = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    },
    "Columns": COLUMNS,
}
PROJECT = {
    "dbt_project.yml": "name: costs\nprofile: costs\nversion: 1.0.0\nmodel-paths: [models]\n",
    "profiles.yml": (
        "costs:\n  target: local\n  outputs:\n    local:\n      type: glue\n      endpoint: local\n"
        "      schema: costs\n      location: s3://costs/\n      threads: 4\n"
        f"      endpoint_dir: {{folder}}\n      role_arn: {ROLE}\n      region: us-east-1\n"
        "      glue_version: '5.1'\n      worker_type: G.1X\n      workers: 2\n"
    ),
}


def client_of(folder: Path) -> Any:
    handle = ensure_endpoint(folder)
    return boto3.client(
        "glue",
        endpoint_url=handle.url,
        region_name="us-east-1",
        aws_access_key_id=handle.access_key_id,
        aws_secret_access_key=handle.secret_access_key,
    ), handle


def seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def milliseconds_each(work: Any, times: int) -> float:
    work()
    return seconds(lambda: [work() for _ in range(times)]) / times * 1000


def pages(client: Any, operation: str, **request: Any) -> int:
    return sum(1 for _ in client.get_paginator(operation).paginate(**request))


def megabytes(pid: int) -> dict[str, float]:
    """Resident memory of the endpoint's process, and of it with all its children."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    own = process.memory_info().rss / 2**20
    return {"process": own, "all": sum(each.memory_info().rss for each in family) / 2**20}


def cold(folder: Path, found: dict[str, float]) -> None:
    """From nothing to the first answer of the catalog, and to the first row of a session."""
    began = time.perf_counter()
    client, handle = client_of(folder)
    client.get_databases()
    found["first catalog answer (s)"] = time.perf_counter() - began
    found["memory before a session (MB)"] = megabytes(handle.pid)["all"]
    stop(folder)
    began = time.perf_counter()
    client, handle = client_of(folder)
    client.get_databases()
    command = {"Name": "glueetl", "PythonVersion": "3"}
    client.create_session(Id="s", Role=ROLE, Command=command, GlueVersion="5.1")
    while client.get_session(Id="s")["Session"]["Status"] == "PROVISIONING":
        time.sleep(0.01)
    code = "spark.sql('show databases').collect()"
    number = client.run_statement(SessionId="s", Code=code)["Id"]
    while client.get_statement(SessionId="s", Id=number)["Statement"]["State"] != "AVAILABLE":
        time.sleep(0.005)
    found["first row (s)"] = time.perf_counter() - began
    found["memory with a session (MB)"] = megabytes(handle.pid)["all"]


def tables(folder: Path, found: dict[str, float]) -> None:
    """Calls of a catalog with 100 and 2,000 tables."""
    client, _ = client_of(folder)
    for database, count in (("small", 100), ("large", 2000)):
        client.create_database(
            DatabaseInput={"Name": database, "LocationUri": f"s3://b/{database}"}
        )
        for number in range(count):
            table = f"table_{number:04}"
            client.create_table(
                DatabaseName=database,
                TableInput={
                    "Name": table,
                    "TableType": "EXTERNAL_TABLE",
                    "StorageDescriptor": {**STORAGE, "Location": f"s3://b/{database}/{table}"},
                },
            )
        found[f"GetTables, {count} tables (ms)"] = milliseconds_each(
            lambda database=database: pages(client, "get_tables", DatabaseName=database), 3
        )
    found["GetTable (ms)"] = milliseconds_each(
        lambda: client.get_table(DatabaseName="large", Name="table_1000"), 200
    )


def partitions(folder: Path, found: dict[str, float]) -> None:
    """Calls of a table with 10,000 partitions."""
    client, _ = client_of(folder)
    client.create_table(
        DatabaseName="small",
        TableInput={
            "Name": "days",
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": [{"Name": "day", "Type": "int"}],
            "StorageDescriptor": {**STORAGE, "Location": "s3://b/days"},
        },
    )
    where = {"DatabaseName": "small", "TableName": "days"}

    def add(first: int) -> None:
        many = [
            {
                "Values": [str(day)],
                "StorageDescriptor": {**STORAGE, "Location": f"s3://b/days/day={day}"},
            }
            for day in range(first, first + 100)
        ]
        client.batch_create_partition(**where, PartitionInputList=many)

    found["BatchCreatePartition of 100 (ms)"] = (
        seconds(lambda: [add(first) for first in range(0, 10_000, 100)]) * 10
    )
    size = {"PaginationConfig": {"PageSize": 1000}}
    found["GetPartitions, 10,000 (ms)"] = milliseconds_each(
        lambda: pages(client, "get_partitions", **where, **size), 1
    )
    found["GetPartitions, 100 of 10,000 (ms)"] = milliseconds_each(
        lambda: pages(
            client, "get_partitions", **where, Expression="day >= 500 and day < 600", **size
        ),
        3,
    )
    found["GetPartition of 10,000 (ms)"] = milliseconds_each(
        lambda: client.get_partition(**where, PartitionValues=["5000"]), 20
    )


def dbt(folder: Path, found: dict[str, float]) -> None:
    """A run of 20 SQL models, with the endpoint warm, and the documentation of 2,000 tables."""
    project = folder / "project"
    (project / "models").mkdir(parents=True)
    for name, text in PROJECT.items():
        (project / name).write_text(text.replace("{folder}", str(folder / "state")))
    for number in range(20):
        (project / "models" / f"model_{number}.sql").write_text(f"select {number} as n\n")

    def run(*arguments: str) -> None:
        command = [str(Path(sys.executable).parent / "dbt"), *arguments, "--profiles-dir", "."]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    run("run")
    found["dbt run of 20 SQL models, warm (s)"] = seconds(lambda: run("run"))
    sources = "\n".join(f"      - name: table_{number:04}" for number in range(2000))
    (project / "models" / "sources.yml").write_text(
        f"version: 2\nsources:\n  - name: large\n    tables:\n{sources}\n"
    )
    run("parse")
    found["dbt docs generate, 2,000 tables (s)"] = seconds(lambda: run("docs", "generate"))


def main() -> None:
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "0"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            for part in (cold, tables, dbt, partitions):
                if sys.argv[1:] and part.__name__ not in sys.argv[1:]:
                    continue
                found: dict[str, float] = {}
                part(folder if part is dbt else folder / "state", found)
                print(json.dumps(found), flush=True)
        finally:
            stop(folder / "state")


if __name__ == "__main__":
    main()
