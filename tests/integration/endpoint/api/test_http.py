"""Sessions and statements through boto3 and HTTP, as any Glue client uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.spark


def test_a_session_runs_statements_on_spark(api: Any, session: str) -> None:
    statement = api.statement(session, "spark.range(3).count()")
    assert statement["State"] == "AVAILABLE"
    assert statement["Output"]["Status"] == "ok"
    assert statement["Output"]["Data"] == {"TextPlain": "3"}
    assert statement["Progress"] == 1.0
    assert statement["CompletedOn"] >= statement["StartedOn"]
    assert statement["Code"] == "spark.range(3).count()"


def test_an_exception_is_the_statements_and_not_the_apis(api: Any, session: str) -> None:
    statement = api.statement(session, "{}['missing']")
    assert statement["State"] == "AVAILABLE"
    assert statement["Output"]["Status"] == "error"
    assert statement["Output"]["ErrorName"] == "KeyError"
    assert statement["Output"]["ErrorValue"] == "'missing'"
    assert "Traceback" in "".join(statement["Output"]["Traceback"])


def test_get_session_says_what_was_asked_for(api: Any) -> None:
    name = api.session(Tags={"team": "data"}, IdleTimeout=7, Description="a test")
    found = api.glue.get_session(Id=name)["Session"]
    assert (found["Id"], found["GlueVersion"], found["Description"]) == (name, "5.1", "a test")
    arn = f"arn:aws:glue:us-east-1:000000000000:session/{name}"
    assert api.glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "data"}
    assert api.glue.list_sessions(Tags={"team": "data"})["Ids"] == [name]
    assert name in api.glue.list_sessions()["Ids"]
    assert api.glue.delete_session(Id=name)["Id"] == name
    with pytest.raises(api.glue.exceptions.EntityNotFoundException):
        api.glue.get_session(Id=name)


def test_a_taken_id_is_refused(api: Any, session: str) -> None:
    with pytest.raises(api.glue.exceptions.AlreadyExistsException):
        api.session(Id=session)


def test_sessions_and_statements_come_in_pages(api: Any, session: str) -> None:
    other = api.session()
    first = api.glue.list_sessions(MaxResults=1)
    second = api.glue.list_sessions(MaxResults=1, NextToken=first["NextToken"])
    assert len(first["Ids"]) == len(second["Ids"]) == 1
    assert first["Ids"] != second["Ids"]
    api.statement(session, "1")
    assert api.glue.list_statements(SessionId=session)["Statements"]
    with pytest.raises(ClientError, match="NextToken"):
        api.glue.list_sessions(NextToken="no token of ours")
    api.glue.delete_session(Id=other)


def test_a_stopped_session_takes_no_statements(api: Any, wait: Callable[..., None]) -> None:
    name = api.session()
    assert api.glue.stop_session(Id=name)["Id"] == name
    wait(lambda: api.status(name) == "STOPPED", "stop")
    with pytest.raises(api.glue.exceptions.IllegalSessionStateException):
        api.glue.run_statement(SessionId=name, Code="1")


def test_a_cancelled_statement_leaves_the_session_usable(
    api: Any, session: str, wait: Callable[..., None]
) -> None:
    number = api.glue.run_statement(SessionId=session, Code="import time; time.sleep(600)")["Id"]

    def state() -> str:
        found = api.glue.get_statement(SessionId=session, Id=number)
        return str(found["Statement"]["State"])

    wait(lambda: state() == "RUNNING", "running")
    api.glue.cancel_statement(SessionId=session, Id=number)
    wait(lambda: state() == "CANCELLED", "cancelled")
    assert api.text(session, "6 * 7") == "42"


def test_unknown_sessions_and_statements(api: Any, session: str) -> None:
    missing = api.glue.exceptions.EntityNotFoundException
    for call in (
        lambda: api.glue.get_session(Id="nobody"),
        lambda: api.glue.stop_session(Id="nobody"),
        lambda: api.glue.delete_session(Id="nobody"),
        lambda: api.glue.run_statement(SessionId="nobody", Code="1"),
        lambda: api.glue.list_statements(SessionId="nobody"),
        lambda: api.glue.get_statement(SessionId=session, Id=10_000),
        lambda: api.glue.cancel_statement(SessionId=session, Id=10_000),
    ):
        with pytest.raises(missing):
            call()


def test_code_that_is_too_long_is_refused_by_the_endpoint(api: Any, session: str) -> None:
    with pytest.raises(ClientError, match="less than or equal to 68000") as caught:
        api.glue.run_statement(SessionId=session, Code="#" * 68_001)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert api.text(session, "#" * 67_990 + "\n1+1") == "2"


def test_security_configurations_do_not_exist(api: Any) -> None:
    with pytest.raises(api.glue.exceptions.EntityNotFoundException):
        api.glue.get_security_configuration(Name="none")


def test_the_callers_account(api: Any) -> None:
    assert api.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_the_endpoint_and_its_sessions_run_where_no_dbt_is_installed(
    api: Any, session: str
) -> None:
    output = api.statement(session, "import glue_compiler")["Output"]
    assert output["ErrorValue"] == "glue_compiler is not installed beside the endpoint"
    assert api.text(session, "spark.range(3).count()") == "3"
