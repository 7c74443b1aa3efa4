"""A statement's way through its states, and the shape that the API shows."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import botocore.loaders
import botocore.model
import pytest
from glue_endpoint.sessions.statement import Statement
from glue_endpoint.spark.worker import OUTPUT_LIMIT, Captured
from glue_endpoint.spark.worker_process import Result

OK = Result("ok", "1")
FAILED = Result("error", "printed", "ValueError", "no", ["ValueError: no\n"])


def members(shape: str) -> set[str]:
    """The members that botocore's Glue model knows of a shape."""
    loaded = botocore.loaders.Loader().load_service_model("glue", "service-2")
    model = botocore.model.ServiceModel(loaded, "glue")
    structure: Any = model.shape_for(shape)
    return set(structure.members)


def test_success_is_available_and_ok() -> None:
    statement = Statement(3, "1", "group")
    assert statement.shape()["State"] == "WAITING"
    statement.start(10.0)
    statement.finish(OK, 10.5)
    assert statement.shape() == {
        "Id": 3,
        "Code": "1",
        "State": "AVAILABLE",
        "Progress": 1.0,
        "StartedOn": 10_000,
        "CompletedOn": 10_500,
        "Output": {"ExecutionCount": 3, "Status": "ok", "Data": {"TextPlain": "1"}},
    }


def test_an_error_of_the_users_code_is_available_too_as_in_glue() -> None:
    statement = Statement(0, "x", "group")
    statement.start(1.0)
    statement.finish(FAILED, 2.0)
    shown = statement.shape()
    assert (shown["State"], shown["Output"]["Status"]) == ("AVAILABLE", "error")
    assert shown["Output"]["Data"]["TextPlain"] == "printed"
    assert set(shown) <= members("Statement")
    assert set(shown["Output"]) <= members("StatementOutput")


@pytest.mark.parametrize("result", [OK, FAILED])
def test_a_cancelled_statement_is_cancelled_whatever_its_code_made_of_it(result: Result) -> None:
    statement = Statement(0, "x", "group")
    statement.start(1.0)
    statement.state = "CANCELLING"
    statement.finish(result, 2.0)
    assert statement.state == "CANCELLED"


def test_a_statement_whose_session_died_is_an_error_with_the_reason() -> None:
    statement = Statement(0, "x", "group")
    statement.start(1.0)
    statement.fail("the JVM ended", 2.0)
    assert statement.state == "ERROR"
    assert statement.output is not None
    assert statement.output["ErrorValue"] == "the JVM ended"


def test_output_can_make_room_for_later_ones() -> None:
    statement = Statement(0, "x", "group")
    statement.start(1.0)
    statement.finish(Result("ok", "x" * 1000), 2.0)
    assert statement.size == 1000
    statement.forget_output()
    assert statement.size < 100


def test_captured_output_is_bounded_and_says_so() -> None:
    captured = Captured()
    captured.write("ü".encode())
    assert captured.take() == "ü"
    for _ in range(65):
        captured.write(b"x" * 2**20)
    text = captured.take()
    assert len(text) < OUTPUT_LIMIT + 100
    assert "1048576 more bytes of output were dropped" in text
    assert captured.take() == ""


def test_times_are_epoch_milliseconds() -> None:
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    statement = Statement(0, "x", "group")
    statement.start(moment.timestamp())
    assert statement.shape()["StartedOn"] == 1_767_225_600_000
