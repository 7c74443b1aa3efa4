"""Ask the example's endpoint for the rows of a query: plain boto3, as against AWS."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from pathlib import Path

SESSION = "demo-look"
GLUE_VERSION = "5.1"
ICEBERG = "spark.sql.catalog.glue_catalog"
CONF = {
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    ICEBERG: "org.apache.iceberg.spark.SparkCatalog",
    f"{ICEBERG}.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
    f"{ICEBERG}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    f"{ICEBERG}.warehouse": "s3://dbt-glue-local/warehouse/",
}
"""What AWS's guide has sessions say that read Iceberg. dbt's say the same, so that they share a JVM."""
DEADLINE = 60  # seconds, for a session or a statement
DONE = {"AVAILABLE", "ERROR", "CANCELLED"}
FRAME = "rows:"  # in front of the one line that is the result; a session may print other things


def rows(state: Path, queries: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Run the queries in one session and return their rows by the queries' names.

    `state` is the endpoint's folder, which holds its address and the key that signs requests.
    The queries are constants of this program. Raises RuntimeError with Glue's message.
    """
    endpoint = json.loads((state / "endpoint.json").read_text())
    glue = boto3.client(
        "glue",
        endpoint_url=endpoint["url"],
        region_name="us-east-1",
        aws_access_key_id=endpoint["access_key_id"],
        aws_secret_access_key=endpoint["secret_access_key"],
        config=Config(proxies={}),  # loopback, whatever HTTP_PROXY says
    )
    session = f"{SESSION}-{time.time_ns()}"
    glue.create_session(
        Id=session,
        Role="arn:aws:iam::000000000000:role/demo",
        Command={"Name": "glueetl", "PythonVersion": "3"},
        GlueVersion=GLUE_VERSION,
        DefaultArguments={
            "--datalake-formats": "iceberg",
            "--conf": " --conf ".join(f"{key}={value}" for key, value in CONF.items()),
        },
    )
    try:
        until(lambda: glue.get_session(Id=session)["Session"]["Status"], {"READY", "FAILED"})
        statement = glue.run_statement(SessionId=session, Code=program(queries))["Id"]
        until(lambda: state_of(glue, session, statement), DONE)
        output = glue.get_statement(SessionId=session, Id=statement)["Statement"]["Output"]
    finally:
        glue.stop_session(Id=session)
        glue.delete_session(Id=session)
    if output.get("Status") != "ok":
        raise RuntimeError(f"{output.get('ErrorName')}: {output.get('ErrorValue')}")
    lines = output["Data"]["TextPlain"].splitlines()
    result = next(line for line in lines if line.startswith(FRAME))
    answer: dict[str, list[dict[str, Any]]] = json.loads(result.removeprefix(FRAME))
    return answer


def program(queries: dict[str, str]) -> str:
    return (
        "import json\n"
        f"_queries = {queries!r}\n"
        "_rows = {name: [row.asDict() for row in spark.sql(query).collect()]"
        " for name, query in _queries.items()}\n"
        f"print({FRAME!r} + json.dumps(_rows, default=str))"
    )


def state_of(glue: Any, session: str, statement: int) -> str:
    return str(glue.get_statement(SessionId=session, Id=statement)["Statement"]["State"])


def until(state: Any, wanted: set[str]) -> None:
    """Poll until the state is one of those wanted; RuntimeError after the deadline."""
    end = time.monotonic() + DEADLINE
    while (now := state()) not in wanted:
        if time.monotonic() > end:
            raise RuntimeError(f"still {now} after {DEADLINE} s")
        time.sleep(0.05)
