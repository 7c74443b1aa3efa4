"""Errors of AWS that pass: no call is given up for one, none is carried out twice, and there is an end."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.catalog import DataCatalog
from dbt.adapters.glue.errors import GlueApiError, SessionStartError
from dbt.adapters.glue.lake_formation.callers import Caller
from dbt.adapters.glue.lake_formation.calls import LakeFormation
from dbt.adapters.glue.sessions import client, ending, retries, watch
from dbt.adapters.glue.table_files import TableFiles
from tests.unit.adapter.scripted_glue import Glue, clients, leased, session_in, statement_in

if TYPE_CHECKING:
    from collections.abc import Callable

# What Glue says of itself, and what the network does; `{"Sess` is an answer that was cut on its way.
REFUSED = ["ThrottlingException", "ConcurrentModificationException"]
UNCLEAR = [
    "OperationTimeoutException",
    "InternalServiceException",
    "InternalServiceException@500",
    "ServiceUnavailable@503",
    None,
    b'{"Sess',
]
PASSING = [*REFUSED, *UNCLEAR]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What passes at once is waited for no longer than a test."""
    monkeypatch.setattr(retries, "FIRST", 0.01)
    monkeypatch.setattr(retries, "LONGEST", 0.1)
    monkeypatch.setattr(watch, "BLIND_EVERY", 0.01)


@pytest.mark.parametrize("operation", ["CreateSession", "GetSession", "GetStatement", "RunStatement", "StopSession"])  # fmt: skip
def test_a_session_outlives_what_passes(glue: Glue, operation: str) -> None:
    glue.script[operation] = [*PASSING, *glue.script[operation]]
    pool, session = leased(glue)
    assert session.run(["1"]).status == "ok"
    pool.stop_all()
    assert glue.count()["StopSession"] >= 1
    created = {p["Id"] for name, p in glue.calls if name == "CreateSession"}
    assert created == {p["Id"] for name, p in glue.calls if name == "StopSession"}


def test_a_cancel_outlives_what_passes(glue: Glue) -> None:
    _, session = leased(glue)
    session.run(["1"])
    glue.script["CancelStatement"] = [*PASSING, {}]
    glue.script["GetStatement"] = [
        lambda: (session.cancel(), statement_in("RUNNING"))[1],
        statement_in("AVAILABLE"),
    ]
    session.run(["1"])
    assert glue.count()["CancelStatement"] == len(PASSING) + 1


def test_a_session_whose_answer_got_lost_is_used_and_stopped(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PATIENCE", 0.05)
    glue.script["CreateSession"] = ["OperationTimeoutException"]
    pool, session = leased(glue)
    session.run(["1"])
    pool.stop_all()
    assert glue.count()["StopSession"] == 1


def test_a_second_try_that_finds_the_id_taken_has_made_it(glue: Glue) -> None:
    glue.script["CreateSession"] = ["OperationTimeoutException", "AlreadyExistsException"]
    pool, session = leased(glue)
    session.run(["1"])
    pool.stop_all()
    assert glue.count()["StopSession"] == 1


def test_a_session_that_may_come_to_be_is_stopped(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PATIENCE", 0.05)
    glue.script["CreateSession"] = ["OperationTimeoutException"]
    glue.script["GetSession"] = ["EntityNotFoundException"]
    with pytest.raises(SessionStartError, match=r"CreateSession failed: OperationTimeoutException.*dbt retry"):  # fmt: skip
        leased(glue)[1].run(["1"])
    assert glue.count()["StopSession"] == 1


@pytest.mark.parametrize(
    "refusal", ["ResourceNumberLimitExceededException", "AccessDeniedException", "IdempotentParameterMismatchException"]
)  # fmt: skip
def test_a_second_try_that_is_refused_says_nothing_of_the_first(glue: Glue, refusal: str) -> None:
    glue.script["CreateSession"] = ["OperationTimeoutException", refusal]
    pool, session = leased(glue)
    session.run(["1"])
    assert glue.count()["CreateSession"] == 2
    pool.stop_all()
    assert glue.count()["StopSession"] == 1


def test_a_session_that_may_be_there_is_stopped_whoever_may_not_look(glue: Glue) -> None:
    glue.script["CreateSession"] = ["OperationTimeoutException", "AccessDeniedException"]
    glue.script["GetSession"] = ["AccessDeniedException"]
    with pytest.raises(SessionStartError, match="AccessDeniedException"):
        leased(glue)[1].run(["1"])
    assert glue.count()["StopSession"] == 1


def test_a_session_that_comes_late_is_stopped(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "PATIENCE", 0.05)
    glue.script["CreateSession"] = ["OperationTimeoutException"]
    glue.script["GetSession"] = ["EntityNotFoundException"]
    glue.script["StopSession"] = [*["EntityNotFoundException"] * 3, {}]
    pool, session = leased(glue)
    with pytest.raises(SessionStartError):
        session.run(["1"])
    assert glue.count()["StopSession"] == 1  # the model has failed: others go on meanwhile
    pool.stop_all()
    assert glue.count()["StopSession"] == 4


def test_a_session_that_never_comes_is_not_waited_for_without_end(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PATIENCE", 0.05)
    monkeypatch.setattr(ending, "COMES_WITHIN", 1.0)
    glue.script["CreateSession"] = ["OperationTimeoutException"]
    glue.script["GetSession"] = glue.script["StopSession"] = ["EntityNotFoundException"]
    pool, session = leased(glue)
    with pytest.raises(SessionStartError):
        session.run(["1"])
    pool.stop_all()
    asked = glue.count()["StopSession"]
    pool.stop_all()
    assert 2 <= asked == glue.count()["StopSession"]


def test_a_session_that_cannot_be_stopped_yet_is_stopped_later(glue: Glue) -> None:
    _, session = leased(glue)
    glue.script["StopSession"] = ["IllegalSessionStateException", {}]
    glue.script["GetSession"] = [
        lambda: (session.interrupt(), session_in("PROVISIONING"))[1],
        session_in("PROVISIONING"),
        session_in("READY"),
    ]
    with pytest.raises(Exception, match="interrupted"):
        session.run(["1"])
    assert glue.count()["StopSession"] == 2


@pytest.mark.parametrize("fault", UNCLEAR)
def test_a_statement_that_was_taken_is_found(glue: Glue, fault: Any) -> None:
    _, session = leased(glue)
    session.run(["1"])
    ran = glue.count()["RunStatement"]
    glue.script["RunStatement"] = [fault, {"Id": 9}]
    glue.script["ListStatements"] = [
        {"Statements": [{"Id": 1, "Code": "late"}, {"Id": 4, "Code": "x"}], "NextToken": "more"},
        {"Statements": [{"Id": 7, "Code": "late\n"}]},
    ]
    assert session.run(["late"]).statement_id == 7
    assert glue.count()["RunStatement"] == ran + 1


def test_a_statement_of_which_nothing_is_known_costs_its_session(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, session = leased(glue)
    session.run(["1"])
    monkeypatch.setattr(retries, "PATIENCE", 0.05)
    glue.script["RunStatement"] = ["OperationTimeoutException"]
    with pytest.raises(
        GlueApiError, match=r"RunStatement failed.*not known; its session was stopped"
    ):
        session.run(["1"])
    assert glue.count()["StopSession"] == 1


@pytest.mark.parametrize(
    ("found", "next_try"),
    [
        ("AccessDeniedException", {"Id": 2}),
        ("ThrottlingException", {"Id": 2}),
        ("EntityNotFoundException", {"Id": 2}),
        ({"Statements": []}, "AccessDeniedException"),
        ({"Statements": []}, "ThrottlingException"),
        ({"Statements": []}, "ExpiredTokenException"),
    ],
)
def test_a_statement_that_may_run_costs_its_session_whatever_glue_says_next(
    glue: Glue, monkeypatch: pytest.MonkeyPatch, found: Any, next_try: Any
) -> None:
    _, session = leased(glue)
    session.run(["1"])
    monkeypatch.setattr(retries, "PATIENCE", 0.3)
    monkeypatch.setattr(retries, "CREDENTIALS_PATIENCE", 0.3)
    monkeypatch.setattr(client, "SUBMIT_PATIENCE", 0.3)
    glue.script["RunStatement"] = ["OperationTimeoutException", next_try]
    glue.script["ListStatements"] = [found]
    with pytest.raises(GlueApiError, match=r"RunStatement failed: OperationTimeout.*\. Then: .*not known; its session was stopped"):  # fmt: skip
        session.run(["1"])
    assert glue.count()["StopSession"] == 1
    assert session.id is None


def test_an_older_statement_of_the_same_code_is_not_taken_for_it(glue: Glue) -> None:
    _, session = leased(glue)
    glue.script["RunStatement"] = [{"Id": 5}]
    session.run(["twice"])
    glue.script["RunStatement"] = ["OperationTimeoutException", {"Id": 6}]
    glue.script["ListStatements"] = [{"Statements": [{"Id": 5, "Code": "twice"}]}]
    assert session.run(["twice"]).statement_id == 6


def test_a_running_statement_is_not_given_up(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by a Glue that is in trouble for longer than a call is made again."""
    monkeypatch.setattr(retries, "PATIENCE", 0.05)
    _, session = leased(glue)
    session.run(["1"])
    glue.script["GetStatement"] = ["InternalServiceException@500"] * 30 + [
        statement_in("AVAILABLE")
    ]
    assert session.run(["1"]).status == "ok"
    assert glue.count()["CancelStatement"] == 0


@pytest.mark.parametrize("fault", ["InternalServiceException@500", "AccessDeniedException", None])
def test_a_statement_that_must_be_given_up_is_cancelled_and_its_session_stopped(
    glue: Glue, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    monkeypatch.setattr(retries, "PATIENCE", 0.05)
    monkeypatch.setattr(watch, "BLIND_PATIENCE", 0.2)
    _, session = leased(glue)
    session.run(["1"])
    glue.script["GetStatement"] = [fault]
    with pytest.raises(GlueApiError, match=r"GetStatement failed.* was cancelled; its session was stopped"):  # fmt: skip
        session.run(["1"])
    assert glue.count()["CancelStatement"] == 1
    assert glue.count()["StopSession"] == 1


def test_an_endpoint_of_this_machine_that_has_ended_is_not_waited_for(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "NEAR", 0.2)
    _, session = leased(glue, boto_retry_max_attempts=10)
    session.run(["1"])
    glue.script["GetStatement"] = [lambda: (glue.server.socket.close(), None)[1]]
    began = time.monotonic()
    with pytest.raises(GlueApiError, match="check the network"):
        session.run(["1"])
    assert time.monotonic() - began < 30
    session._made.ids.clear()  # nobody can stop it any more


@pytest.mark.parametrize("fault", [*UNCLEAR, "ThrottlingException"])
def test_an_interrupted_call_ends_with_what_it_met(
    glue: Glue, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    """Whatever the attempts that botocore is told to make, and with each botocore that is allowed."""
    monkeypatch.setattr(retries, "INTERRUPTED", -1.0)
    aws = clients(glue, boto_retry_max_attempts=50)
    aws.sessions.patience.interrupt()
    glue.script["UpdateTable"] = [fault]
    told: list[Any] = []
    emitted = aws.catalog.meta.events.emit

    def emit(name: str, **what: Any) -> Any:
        answers = emitted(name, **what)
        told.extend(answer for _, answer in answers if name.startswith("needs-retry"))
        return answers

    monkeypatch.setattr(aws.catalog.meta.events, "emit", emit)
    with pytest.raises(GlueApiError, match="update_table failed"):
        DataCatalog(lambda: aws.catalog).update_table("d", TABLE)
    assert glue.count()["UpdateTable"] == 1
    assert not any(answer is False for answer in told)  # for botocore until 1.43: again, at once


def catalog_of(glue: Glue) -> DataCatalog:
    aws = clients(glue)
    return DataCatalog(lambda: aws.catalog)


TABLE = {"Name": "t"}
CATALOG: dict[str, tuple[Callable[[DataCatalog], Any], dict[str, Any]]] = {
    "GetTable": (lambda catalog: catalog.table("d", "t"), {"Table": {**TABLE, "DatabaseName": "d"}}),
    "GetTables": (lambda catalog: list(catalog.tables("d")), {"TableList": [{**TABLE, "DatabaseName": "d"}]}),
    "UpdateTable": (lambda catalog: catalog.update_table("d", TABLE), {}),
    "CreateTable": (lambda catalog: catalog.create_table("d", TABLE), {}),
    "DeleteTable": (lambda catalog: catalog.delete_table("d", "t"), {}),
    "GetPartitions": (lambda catalog: catalog.partitions("d", "t"), {"Partitions": []}),
    "BatchCreatePartition": (lambda catalog: catalog.create_partitions("d", "t", [{"Values": ["1"]}]), {}),
    "BatchUpdatePartition": (lambda catalog: catalog.update_partitions("d", "t", [{"Values": ["1"]}]), {}),
    "BatchDeletePartition": (lambda catalog: catalog.delete_partitions("d", "t", [("1",)]), {}),
    "GetDatabase": (lambda catalog: catalog.database("d"), {"Database": {"Name": "d"}}),
    "CreateDatabase": (lambda catalog: catalog.create_database("d", None), {}),
}  # fmt: skip


@pytest.mark.parametrize("operation", CATALOG)
def test_the_catalog_is_asked_again(glue: Glue, operation: str) -> None:
    call, answer = CATALOG[operation]
    faults = PASSING if operation != "CreateTable" else [*REFUSED, "OperationTimeoutException"]
    glue.script[operation] = [*faults, answer]
    call(catalog_of(glue))
    assert glue.count()[operation] == len(faults) + 1


def test_a_catalog_that_is_busy_for_long_is_an_error_with_the_next_step(
    glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "PATIENCE", 0.05)
    glue.script["UpdateTable"] = ["ConcurrentModificationException"]
    with pytest.raises(GlueApiError, match=r"update_table failed: ConcurrentModification.*run again") as raised:  # fmt: skip
        catalog_of(glue).update_table("d", TABLE)
    assert raised.value.code == "ConcurrentModificationException"
    assert glue.count()["UpdateTable"] > 1


def test_an_update_of_one_version_is_refused_at_once(glue: Glue) -> None:
    """Its caller must read again: what it would write was made of an older description."""
    glue.script["UpdateTable"] = ["ConcurrentModificationException", {}]
    with pytest.raises(GlueApiError) as raised:
        catalog_of(glue)._call("update_table", DatabaseName="d", TableInput=TABLE, VersionId="3")
    assert raised.value.code == "ConcurrentModificationException"
    assert glue.count()["UpdateTable"] == 1


def test_partitions_that_glue_could_not_take_just_now_are_given_again(glue: Glue) -> None:
    busy = {"ErrorCode": "ConcurrentModificationException", "ErrorMessage": "busy"}
    glue.script["BatchCreatePartition"] = [
        {"Errors": [{"PartitionValues": ["2"], "ErrorDetail": busy}]},
        {},
    ]
    catalog_of(glue).create_partitions("d", "t", [{"Values": ["1"]}, {"Values": ["2"]}])
    asked = [p["PartitionInputList"] for name, p in glue.calls if name == "BatchCreatePartition"]
    assert [[item["Values"] for item in items] for items in asked] == [[["1"], ["2"]], [["2"]]]


def test_who_calls_and_lake_formation_are_asked_again(glue: Glue) -> None:
    aws = clients(glue)
    identity = (
        b"<R><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/x</Arn><Account>1</Account>"
        b"</GetCallerIdentityResult></R>"
    )
    glue.script["GetCallerIdentity"] = [
        "ServiceUnavailable@503",
        None,
        b"<GetCa",
        "Throttling",
        identity,
    ]
    assert Caller.of(lambda: aws.identity).account == "1"
    glue.script["ListPermissions"] = [*PASSING, {"PrincipalResourcePermissions": []}]
    assert list(LakeFormation(lambda: aws.lake_formation).permissions({"Database": {"Name": "d"}})) == []  # fmt: skip


@pytest.mark.parametrize("fault", ["SlowDown@503", "InternalError@500", None])
def test_files_are_read_again(glue: Glue, fault: Any) -> None:
    aws = clients(glue)
    glue.script["GetObject"] = [fault, fault, fault, b"one\ntwo\n"]
    files = TableFiles(lambda: aws.storage)
    assert files.read("s3://b/k") == b"one\ntwo\n"
    glue.script["GetObject"] = [fault, fault, b"one\ntwo\n"]
    assert list(files.lines("s3://b/k")) == [b"one", b"two"]
    assert io.BytesIO(files.read("s3://b/k")).readline() == b"one\n"


def test_a_limit_of_the_account_is_no_reason_to_wait(glue: Glue) -> None:
    glue.script["CreateSession"] = ["ResourceNumberLimitExceededException"]
    with pytest.raises(SessionStartError, match="use fewer threads"):
        leased(glue)[1].run(["1"])
    assert glue.count()["CreateSession"] == 1
