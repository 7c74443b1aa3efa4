"""A statement's way through its states, and the shape that the API shows."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import botocore.loaders
import botocore.model
import pytest
from glue_endpoint.buckets import Buckets
from glue_endpoint.sessions.session import Session
from glue_endpoint.sessions.sessions import ENDED_LIMIT, Sessions
from glue_endpoint.sessions.statement import Statement
from glue_endpoint.spark.worker import OUTPUT_LIMIT, Captured
from glue_endpoint.spark.worker_process import Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OK = Result("ok", "1")
FAILED = Result("error", "printed", "ValueError", "no", ["ValueError: no\n"])


def members(shape: str) -> set[str]:
    """The members that botocore's Glue model knows of a shape."""
    loaded = botocore.loaders.Loader().load_service_model("glue", "service-2")
    model = botocore.model.ServiceModel(loaded, "glue")
    structure: Any = model.shape_for(shape)
    return set(structure.members)


class Engineless:
    """Engines of which none is wanted."""

    on_end: Any = None

    def end_unused(self, used: Any) -> None:
        pass


class TimedOut(Session):
    """One whose time is over in the moment in which it is to be stopped."""

    def stop(self, *, at_once: bool = False) -> None:
        self.fail("its time was over")
        super().stop(at_once=at_once)


def test_a_session_that_ends_by_itself_keeps_no_other_from_being_stopped(tmp_path: Path) -> None:
    engines: Any = Engineless()
    sessions = Sessions(engines, Buckets(tmp_path / "s3"), tmp_path)
    for name, kind in (("first", TimedOut), ("second", Session), ("third", TimedOut)):
        sessions._sessions[name] = kind({"Id": name}, tmp_path / name, lambda: 0.0)
    sessions.delete("third")
    sessions.close()
    ended = [(shape["Id"], shape["Status"]) for shape in sessions.list()]
    assert ended == [("first", "FAILED"), ("second", "STOPPED")]


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


def test_what_spark_told_of_a_statement_that_ended_meanwhile_does_not_count() -> None:
    statement = Statement(0, "x", "group")
    statement.start(1.0)
    statement.progress = 0.5
    assert statement.shape()["Progress"] == 0.5
    statement.finish(OK, 2.0)
    statement.progress = 0.99  # asked for while it ran, answered when it had ended
    assert statement.shape()["Progress"] == 1.0


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
    assert statement.size == 1001
    statement.forget()
    assert statement.size < 100
    assert statement.shape()["Output"]["Data"]["TextPlain"].startswith("[this output was dropped")


def test_code_and_errors_can_make_room_and_say_so() -> None:
    statement = Statement(0, "x = 1\n" * 1000, "group")
    statement.start(1.0)
    statement.finish(Result("error", "", "", "ValueError", "y" * 50_000, ["z" * 50_000]), 2.0)
    assert statement.size > 100_000
    statement.forget()
    assert statement.size < 1100
    shape = statement.shape()
    assert shape["Code"] == "# [this code was dropped to make room]"
    assert shape["Output"]["ErrorName"] == "ValueError"


def ended(folder: Path, name: str, sizes: Sequence[int]) -> Session:
    """A session that has run statements with outputs of these sizes."""
    session = Session({"Id": name}, folder, lambda: 1.0)
    for number, size in enumerate(sizes):
        statement = Statement(number, "c" * 100, "group")
        statement.start(1.0)
        statement.finish(Result("ok", "x" * size), 2.0)
        session._statements.append(statement)
    session.stop()
    return session


def test_ended_sessions_keep_what_fits_the_newest_first(tmp_path: Path) -> None:
    """Six outputs of 60 MB each were 400 MB of memory for as long as the endpoint ran."""
    sessions = Sessions(Engineless(), Buckets(tmp_path / "s3"), tmp_path)
    try:
        big = ENDED_LIMIT // 2
        for number in range(6):
            name = f"s{number}"
            sessions._sessions[name] = ended(tmp_path, name, [big, 10])
        sessions.expire()
        assert sum(sessions.session(f"s{n}").size for n in range(6)) <= ENDED_LIMIT + 6 * 300
        newest, oldest = (sessions.get_statement(name, 0) for name in ("s5", "s0"))
        assert len(newest["Output"]["Data"]["TextPlain"]) == big
        assert oldest["Output"]["Data"]["TextPlain"] == "[this output was dropped to make room]"
        assert oldest["Code"].startswith("# [this code was dropped")
    finally:
        sessions.close()


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
