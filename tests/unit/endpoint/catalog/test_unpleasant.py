"""The catalog with words of --as-aws: what AWS does, or may do where its pages do not say."""

from __future__ import annotations

import contextlib
import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from glue_endpoint.api.quotas import Quotas
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.catalog.tables import TABLE_WRITES
from glue_endpoint.catalog.unpleasant import Unpleasant
from glue_endpoint.errors import OperationTimeoutException, ThrottlingException
from glue_endpoint.fidelity import fidelity_of
from glue_endpoint.store.late_reads import LateReads
from glue_endpoint.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from glue_endpoint.store.store import Transaction

KEYS = [{"Name": "day", "Type": "string"}]
PLACE = {"DatabaseName": "d", "TableName": "t"}


def make(glue: Any, *days: str, name: str = "t", **given: Any) -> None:
    """A table partitioned by `day`, with these partitions; its database is made where it is not there."""
    with contextlib.suppress(glue.exceptions.AlreadyExistsException):
        glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput={"Name": name, "PartitionKeys": KEYS, **given})
    for day in days:
        glue.create_partition(
            DatabaseName="d",
            TableName=name,
            PartitionInput={"Values": [day], "Parameters": {"of": name}},
        )


def days_of(glue: Any, **request: Any) -> list[str]:
    pages = glue.get_paginator("get_partitions").paginate(**PLACE, **request)
    return [part["Values"][0] for page in pages for part in page["Partitions"]]


def test_keys_of_partitions_have_no_parameters(as_aws: Callable[..., Any]) -> None:
    glue = as_aws()
    with pytest.raises(glue.exceptions.InvalidInputException, match="Parameters not supported"):
        make(glue, PartitionKeys=[{**KEYS[0], "Parameters": {"a": "b"}}])


# -- strict ----------------------------------------------------------------------------------------


def test_a_view_does_not_become_a_table(as_aws: Callable[..., Any]) -> None:
    glue = as_aws("strict")
    make(glue, TableType="VIRTUAL_VIEW")
    with pytest.raises(glue.exceptions.InvalidInputException, match="TableType of t cannot"):
        glue.update_table(DatabaseName="d", TableInput={"Name": "t", "TableType": "EXTERNAL_TABLE"})
    pleasant = as_aws()
    make(pleasant, TableType="VIRTUAL_VIEW")
    pleasant.update_table(DatabaseName="d", TableInput={"Name": "t", "TableType": "EXTERNAL_TABLE"})


def test_keys_change_where_there_are_no_partitions(as_aws: Callable[..., Any]) -> None:
    glue = as_aws("strict")
    make(glue, "1")
    other: dict[str, Any] = {"Name": "t", "PartitionKeys": [{"Name": "day", "Type": "date"}]}
    with pytest.raises(glue.exceptions.InvalidInputException, match="partition keys of t cannot"):
        glue.update_table(DatabaseName="d", TableInput=other)
    glue.update_table(
        DatabaseName="d", TableInput={"Name": "t", "PartitionKeys": KEYS, "Owner": "me"}
    )
    glue.delete_partition(**PLACE, PartitionValues=["1"])
    glue.update_table(DatabaseName="d", TableInput=other)


def test_texts_are_as_long_as_their_bytes(as_aws: Callable[..., Any]) -> None:
    glue = as_aws("strict")
    make(glue, Description="\u00e4" * 1024)
    with pytest.raises(ClientError, match="length less than or equal to 2048"):
        make(glue, name="u", Description="\u00e4" * 1025)
    pleasant = as_aws()
    make(pleasant, Description="\u00e4" * 2048)


# -- pages -----------------------------------------------------------------------------------------


def test_pages_are_empty_and_short_and_nothing_is_missing(as_aws: Callable[..., Any]) -> None:
    glue = as_aws("pages")
    make(glue, *"12345")
    first = glue.get_partitions(**PLACE, MaxResults=4)
    assert first["Partitions"] == []
    second = glue.get_partitions(**PLACE, MaxResults=4, NextToken=first["NextToken"])
    assert [part["Values"] for part in second["Partitions"]] == [["2"], ["1"]]
    assert days_of(glue, PaginationConfig={"PageSize": 4}) == ["2", "1", "4", "3", "5"]
    assert days_of(glue, Expression="day > '3'") == ["5", "4"]
    tables = [
        page["TableList"] for page in glue.get_paginator("get_tables").paginate(DatabaseName="d")
    ]
    assert [[table["Name"] for table in page] for page in tables] == [[], ["t"]]
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_tables(DatabaseName="nowhere")


# -- orphans ---------------------------------------------------------------------------------------


def test_a_table_made_anew_has_the_partitions_of_the_one_before(as_aws: Callable[..., Any]) -> None:
    glue = as_aws("orphans=60")
    make(glue, "1", "2")
    glue.delete_table(DatabaseName="d", Name="t")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_partitions(**PLACE)
    make(glue)
    assert days_of(glue) == ["1", "2"]
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_partition(**PLACE, PartitionInput={"Values": ["1"]})


@pytest.mark.parametrize("how", ["partitions", "batch"])
def test_what_was_deleted_before_its_table_does_not_come_back(
    as_aws: Callable[..., Any], how: str
) -> None:
    glue = as_aws("orphans=60")
    make(glue, "1", "2")
    if how == "partitions":
        glue.batch_delete_partition(
            **PLACE, PartitionsToDelete=[{"Values": ["1"]}, {"Values": ["2"]}]
        )
        glue.delete_table(DatabaseName="d", Name="t")
        make(glue)
        assert days_of(glue) == []
    else:
        glue.batch_delete_table(DatabaseName="d", TablesToDelete=["t", "missing"])
        make(glue)
        assert days_of(glue) == ["1", "2"]


def test_the_partitions_of_a_database_come_back_and_go(as_aws: Callable[..., Any]) -> None:
    glue = as_aws("orphans=600")
    before = set(threading.enumerate())
    make(glue, "1", "2")
    glue.delete_database(Name="d")
    make(glue)
    assert days_of(glue) == ["1", "2"]
    glue.update_partition(**PLACE, PartitionValueList=["2"], PartitionInput={"Values": ["2"]})
    timers = [each for each in threading.enumerate() if isinstance(each, threading.Timer)]
    (timer,) = (each for each in timers if each not in before)
    timer.cancel()
    timer.function(*timer.args)
    assert days_of(glue) == ["2"]


def test_what_was_not_deleted_after_all_leaves_nothing(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        unpleasant = Unpleasant(store, fidelity_of(["orphans=600"]))
        delete = unpleasant.write("DeleteTable", TABLE_WRITES["DeleteTable"])
        create = unpleasant.write("CreateTable", TABLE_WRITES["CreateTable"])
        given = {"DatabaseName": "d", "TableInput": {"Name": "t", "PartitionKeys": KEYS}}
        part = {**PLACE, "PartitionInput": {"Values": ["1"]}}
        catalog = Catalog(store)
        catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "d"}})
        catalog.call("CreateTable", given)
        catalog.call("CreatePartition", part)

        def half(transaction: Transaction) -> None:
            delete(transaction, {"DatabaseName": "d", "Name": "t"})
            raise OperationTimeoutException("the disk is slow")

        with pytest.raises(OperationTimeoutException):
            store.write(half)
        assert len(catalog.call("GetPartitions", PLACE)["Partitions"]) == 1
        catalog.call("DeleteTable", {"DatabaseName": "d", "Name": "t"})
        store.write(lambda transaction: create(transaction, given))
        assert catalog.call("GetPartitions", PLACE)["Partitions"] == []


def test_what_comes_back_no_more_is_not_kept(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        unpleasant = Unpleasant(store, fidelity_of(["orphans=0"]))
        delete = unpleasant.write("DeleteTable", TABLE_WRITES["DeleteTable"])
        catalog = Catalog(store)
        catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "d"}})
        for number in range(5):
            name = f"t{number}"
            catalog.call("CreateTable", {"DatabaseName": "d", "TableInput": {"Name": name}})
            store.write(partial(delete, request={"DatabaseName": "d", "Name": name}))
        assert unpleasant.kept <= 1


# -- stale -----------------------------------------------------------------------------------------


def test_a_caller_sees_its_own_changes_and_those_of_others_later(
    as_aws: Callable[..., Any],
) -> None:
    glue = as_aws("stale=600")
    other, spark = as_aws(of=glue, agent="other"), as_aws(of=glue, agent="aws-sdk-java")
    make(spark, "1")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table(DatabaseName="d", Name="t")
    make(glue, name="mine")
    assert days_of(glue) == ["1"], "what was written before its own change is seen, too"
    assert days_of(spark) == ["1"]
    with pytest.raises(other.exceptions.EntityNotFoundException):
        other.get_table(DatabaseName="d", Name="t")


def test_late_reads_see_each_state_when_its_time_has_come(tmp_path: Path) -> None:
    now = [0.0]
    store = Store(tmp_path)
    late = LateReads(store, 10, lambda: now[0])

    def seen(caller: str) -> int:
        return late.read(caller, lambda t: len(t.all("SELECT 1 FROM catalogs")))

    def write(caller: str) -> None:
        store.write(
            lambda t: t.run(
                "INSERT INTO catalogs (name, created) VALUES (?, ?)", f"{now[0]}", now[0]
            )
        )
        late.wrote(caller)

    for second in range(200):
        now[0] = second / 10
        write("one")
        assert seen("one") == second + 1
        assert max(0, second - 103) <= seen("two") <= max(0, second - 97)
    write_by_two = seen("two")
    now[0] += 0.05
    write("two")
    assert seen("two") == 201 > write_by_two
    now[0] += 10
    assert seen("three") == 201
    late.close()
    store.close()


# -- throttle --------------------------------------------------------------------------------------


def test_calls_beyond_the_quota_are_throttled_by_operation(as_aws: Callable[..., Any]) -> None:
    glue = as_aws("throttle=2")
    with pytest.raises(ClientError) as refused:
        _asked_until_refused(glue)
    assert refused.value.response["Error"] == {
        "Code": "ThrottlingException",
        "Message": "Rate exceeded",
    }
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    glue.create_database(DatabaseInput={"Name": "d"})


def _asked_until_refused(glue: Any) -> None:
    for _ in range(100):
        glue.get_databases()


def test_who_waits_for_a_quota_gets_through_or_is_refused_in_the_end() -> None:
    now, waited = [0.0], list[float]()

    def wait(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    quotas = Quotas(1, lambda: now[0])
    quotas.take("A")
    quotas.take_patiently("A", wait)
    assert 2 <= len(waited) <= 3
    assert sum(waited) >= 1
    already = len(waited)
    with pytest.raises(ThrottlingException):
        quotas.take_patiently("A", waited.append)
    assert len(waited) == already + 5


def test_a_quota_fills_up_again() -> None:
    now = [0.0]
    quotas = Quotas(2, lambda: now[0])
    quotas.take("A")
    quotas.take("A")
    with pytest.raises(ThrottlingException):
        quotas.take("A")
    quotas.take("B")
    now[0] = 0.5
    quotas.take("A")
    with pytest.raises(ThrottlingException):
        quotas.take("A")
