"""Statements run alone: by `spark.sql` in a session of the embedded endpoint that dbt never saw."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROLE = "arn:aws:iam::000000000000:role/dbt-glue"
NAME = "alone"
_PIECE = 20_000
"""Characters of a text that fit a statement, whatever they are escaped to."""
_RUN = """
import json
def _alone(text):
    rows = spark.sql(text).take(1)
    return json.dumps(rows[0].asDict() if rows else {}, default=str)
"""


@contextmanager
def session(variables: Mapping[str, str], schema: str) -> Iterator[Callable[[str], str]]:
    """A function that runs a text, and says the first line of Spark's error, or the first row as JSON.

    `variables` are those of `dbt-glue endpoint env`.
    """
    glue = boto3.client(
        "glue",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_DEFAULT_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    glue.create_session(
        Id=NAME,
        Role=ROLE,
        Command={"Name": "glueetl", "PythonVersion": "3"},
        GlueVersion="5.1",
        DefaultArguments={"--enable-glue-datacatalog": "true"},
    )
    try:
        while glue.get_session(Id=NAME)["Session"]["Status"] == "PROVISIONING":
            time.sleep(0.2)
        _output(glue, _RUN)
        _output(glue, f"spark.sql('use `{schema}`')")
        yield lambda text: _alone(glue, text)
    finally:
        glue.stop_session(Id=NAME)
        glue.delete_session(Id=NAME)


def _alone(glue: Any, text: str) -> str:
    _output(glue, "_text = ''")
    for start in range(0, len(text), _PIECE):
        _output(glue, f"_text += {text[start : start + _PIECE]!r}")
    output = _output(glue, "print(_alone(_text))")
    if output["Status"] == "error":
        lines: list[str] = output["ErrorValue"].strip().splitlines()
        return f"{output['ErrorName']}: {lines[0] if lines else ''}"
    return str(output["Data"]["TextPlain"]).strip()


def _output(glue: Any, code: str) -> dict[str, Any]:
    number = glue.run_statement(SessionId=NAME, Code=code)["Id"]
    while True:
        statement = glue.get_statement(SessionId=NAME, Id=number)["Statement"]
        if statement["State"] in ("AVAILABLE", "ERROR", "CANCELLED"):
            found: dict[str, Any] = statement.get("Output") or {"Status": "error", "ErrorValue": ""}
            return found
        time.sleep(0.05)
