"""Requests and responses against botocore's service model."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from glue_endpoint.api.auth import HttpRequest
from glue_endpoint.api.rest import rest_call
from glue_endpoint.api.wire import (
    ResponseError,
    SerializationError,
    find_operation,
    parse_request,
    serialize_response,
)
from glue_endpoint.errors import ValidationException

ROLE = "arn:aws:iam::000000000000:role/glue"


def parse(operation: str, request: Any) -> dict[str, Any]:
    model = find_operation("glue", operation)
    assert model is not None
    return parse_request(model.input_shape, request)


def serialize(operation: str, response: dict[str, Any]) -> dict[str, Any]:
    model = find_operation("glue", operation)
    assert model is not None
    return serialize_response(model.output_shape, response)


def session(**changes: Any) -> dict[str, Any]:
    return {"Id": "s", "Role": ROLE, "Command": {"Name": "glueetl"}, **changes}


def statistics(**of_text: Any) -> dict[str, Any]:
    data = {"MaximumLength": 1, "NumberOfNulls": 0, "NumberOfDistinctValues": 1, **of_text}
    column = {"ColumnName": "c", "ColumnType": "string", "AnalyzedTime": 0}
    of_column = {**column, "StatisticsData": {"Type": "STRING", "StringColumnStatisticsData": data}}
    return {"DatabaseName": "d", "TableName": "t", "ColumnStatisticsList": [of_column]}


@pytest.mark.parametrize(
    ("operation", "request_body"),
    [
        ("CreateSession", session()),
        ("UpdateColumnStatisticsForTable", statistics(AverageLength=2.5)),
        ("CreateSession", session(Id="x" * 255)),
        ("CreateSession", session(DefaultArguments={f"--k{n}": "v" * 4096 for n in range(75)})),
        ("CreateSession", session(GlueVersion="5.0", WorkerType="G.1X", NumberOfWorkers=2)),
        ("RunStatement", {"SessionId": "s", "Code": "x" * 68_000}),
        ("RunStatement", {"SessionId": "s", "Code": "print('\N{SNOWMAN} \N{GRINNING FACE}')\n"}),
    ],
)
def test_accepts_what_the_model_allows(operation: str, request_body: dict[str, Any]) -> None:
    assert parse(operation, request_body) == request_body


@pytest.mark.parametrize(
    ("operation", "request_body", "message"),
    [
        ("GetSession", {}, "Value null at 'id' failed to satisfy constraint: Member must not be null"),
        ("GetSession", {"Id": ""}, "greater than or equal to 1"),
        ("GetSession", {"Id": "x" * 256}, "at 'id' failed to satisfy constraint: Member must have length less than or equal to 255"),
        ("RunStatement", {"SessionId": "s", "Code": "x" * 68_001}, "less than or equal to 68000"),
        ("CreateSession", session(Role="nobody"), "regular expression pattern"),
        ("CreateSession", session(Command={"PythonVersion": "4"}), "command.pythonVersion"),
        ("CreateSession", session(WorkerType="G.99X"), "enum value set: [Standard, "),
        ("CreateSession", session(DefaultArguments={f"--k{n}": "" for n in range(76)}), "equal to 75"),
        ("CreateSession", session(DefaultArguments={"--conf": "v" * 4097}), "equal to 4096"),
        ("CreateSession", session(DefaultArguments={"--a b": "v"}), "defaultArguments key"),
        ("CreateSession", session(IdleTimeout=0), "must have value greater than or equal to 1"),
        ("GetTables", {"DatabaseName": "d", "MaxResults": 101}, "value less than or equal to 100"),
    ],
)  # fmt: skip
def test_refuses_what_the_model_forbids(
    operation: str, request_body: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationException) as caught:
        parse(operation, request_body)
    assert message in caught.value.message
    assert len(caught.value.message) < 1000


def test_reports_every_violation_at_once() -> None:
    with pytest.raises(ValidationException, match="3 validation errors detected"):
        parse("CreateSession", {"Id": ""})


@pytest.mark.parametrize(
    ("operation", "request_body"),
    [
        ("GetSession", []),
        ("GetSession", {"Id": 7}),
        ("CreateSession", session(NumberOfWorkers="2")),
        ("CreateSession", session(NumberOfWorkers=True)),
        ("CreateSession", session(NumberOfWorkers=2**31)),
        ("CreateSession", session(NumberOfWorkers=10**400)),
        ("CreateSession", session(NumberOfWorkers=-(10**400))),
        ("CreateSession", session(NumberOfWorkers=1e300)),
        ("CreateSession", session(NumberOfWorkers=float("nan"))),
        ("UpdateColumnStatisticsForTable", statistics(AverageLength=10**400)),
        ("GetPartitions", {"DatabaseName": "d", "TableName": "t", "QueryAsOfTime": 10**400}),
        ("GetPartitions", {"DatabaseName": "d", "TableName": "t", "QueryAsOfTime": -1e300}),
        ("GetPartitions", {"DatabaseName": "d", "TableName": "t", "QueryAsOfTime": 253402300800}),
        ("CreateSession", session(Tags=["a"])),
        ("GetPartitions", {"DatabaseName": "d", "TableName": "t", "QueryAsOfTime": "now"}),
    ],
)
def test_refuses_other_types(operation: str, request_body: Any) -> None:
    with pytest.raises(SerializationError) as caught:
        parse(operation, request_body)
    assert caught.value.code == "SerializationException"


def test_refuses_a_number_in_a_query_that_is_longer_than_any() -> None:
    asked = HttpRequest("GET", f"/buckets?maxBuckets={'9' * 5000}", {}, b"")
    with pytest.raises(SerializationError, match="maxBuckets must be an integer"):
        rest_call("s3tables", asked)


def test_ignores_members_that_the_model_does_not_know() -> None:
    assert parse("GetSession", {"Id": "s", "Later": 1}) == {"Id": "s"}


def test_sends_times_as_epoch_seconds_and_leaves_out_none() -> None:
    created = datetime(2024, 1, 2, 3, 4, 5, 500_000, timezone.utc)
    response = {"Session": {"Id": "s", "CreatedOn": created, "ErrorMessage": None}}
    assert serialize("GetSession", response) == {"Session": {"Id": "s", "CreatedOn": 1704164645.5}}


@pytest.mark.parametrize(
    "response", [{"Sesion": {}}, {"Session": {"Name": "s"}}, {"Session": {"Id": 1}}]
)
def test_a_wrong_response_is_a_bug_not_an_answer(response: dict[str, Any]) -> None:
    with pytest.raises(ResponseError):
        serialize("GetSession", response)


def test_knows_which_operations_glue_has() -> None:
    assert find_operation("glue", "RunStatement") is not None
    assert find_operation("glue", "RunStatements") is None
