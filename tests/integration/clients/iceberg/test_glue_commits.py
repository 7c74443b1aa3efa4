"""Commits by Iceberg's GlueCatalog that fail, or whose answer gets lost, or that come at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.clients.iceberg.faults import AnswerInstead, LoseTheAnswer
from tests.integration.clients.iceberg.lake import BUCKET, history, refused

if TYPE_CHECKING:
    from tests.integration.clients.iceberg.faults import Faults
    from tests.integration.clients.iceberg.lake import Lake

pytestmark = [pytest.mark.spark, pytest.mark.timeout(300)]


@pytest.fixture
def faulty(lake: Lake, faults: Faults) -> Lake:
    """A catalog behind a line on which calls can go wrong."""
    return lake.other(glue_endpoint=faults.url)


@pytest.fixture
def table(faulty: Lake, namespace: str) -> Any:
    """A table of two metadata files; a commit that fails is not tried again."""
    made = faulty.new_table(namespace, **{"commit.retry.num-retries": "0"})
    add_column(faulty, made, "n")
    return made


def add_column(lake: Lake, table: Any, name: str) -> None:
    table.updateSchema().addColumn(name, lake.types.IntegerType.get()).commit()


def columns(lake: Lake, namespace: str) -> list[str]:
    return [each.name() for each in lake.load(namespace).schema().columns()]


def metadata_files(s3: Any, table: Any) -> int:
    prefix = table.location().removeprefix(f"s3://{BUCKET}/") + "/metadata/"
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    return sum(each["Key"].endswith(".metadata.json") for each in listed)


@pytest.mark.parametrize(
    ("fault", "raised", "words"),
    [
        (
            AnswerInstead("ConcurrentModificationException"),
            "CommitFailedException",
            "Glue detected concurrent update",
        ),
        (
            AnswerInstead("EntityNotFoundException"),
            "NotFoundException",
            "Glue cannot find the requested entity",
        ),
        (
            AnswerInstead("AccessDeniedException"),
            "ForbiddenException",
            "Glue cannot access the requested resources",
        ),
        (AnswerInstead("ValidationException"), "ValidationException", "a validation exception"),
        (AnswerInstead("ResourceNotReadyException"), "ResourceNotReadyException", ""),
        (AnswerInstead("SomethingNew", 409), "GlueException", ""),
    ],
)
def test_a_refused_commit_leaves_nothing(
    lake: Lake,
    s3: Any,
    faults: Faults,
    faulty: Lake,
    table: Any,
    namespace: str,
    fault: AnswerInstead,
    raised: str,
    words: str,
) -> None:
    faults.answer("UpdateTable", fault)
    with refused(raised, words):
        add_column(faulty, table, "more")
    assert columns(lake, namespace) == ["c1", "n"]
    assert metadata_files(s3, table) == 2
    add_column(faulty, table, "after")
    assert columns(lake, namespace) == ["c1", "n", "after"]


def test_a_server_that_fails_once_fails_the_commit_where_nobody_tries_again(
    lake: Lake, s3: Any, faults: Faults, namespace: str
) -> None:
    lake.jvm.java.lang.System.setProperty("aws.maxAttempts", "1")
    try:
        once = lake.other(glue_endpoint=faults.url)
        table = once.new_table(namespace, **{"commit.retry.num-retries": "0"})
        faults.answer("UpdateTable", AnswerInstead("InternalServiceException", 500))
        with refused("CommitFailedException"):
            add_column(once, table, "more")
    finally:
        lake.jvm.java.lang.System.clearProperty("aws.maxAttempts")
    assert columns(lake, namespace) == ["c1"]
    assert metadata_files(s3, table) == 1


def test_a_server_that_fails_again_and_again_may_have_done_it(
    lake: Lake, s3: Any, faults: Faults, faulty: Lake, table: Any, namespace: str
) -> None:
    """The SDK tries again by itself; Iceberg then keeps its file, as it cannot know of each try."""
    before = faults.seen("UpdateTable")
    faults.answer("UpdateTable", *[AnswerInstead("InternalServiceException", 500)] * 20)
    with refused("CommitStateUnknownException"):
        add_column(faulty, table, "more")
    assert faults.seen("UpdateTable") - before == 4
    assert columns(lake, namespace) == ["c1", "n"]
    assert metadata_files(s3, table) == 3


def test_a_commit_whose_answer_was_lost_is_not_made_twice(
    lake: Lake, s3: Any, faults: Faults, faulty: Lake, table: Any, namespace: str
) -> None:
    """The SDK sends it again; the version that it names is by then an old one, and Iceberg looks."""
    before = faults.seen("UpdateTable")
    faults.answer("UpdateTable", LoseTheAnswer())
    add_column(faulty, table, "more")
    assert faults.seen("UpdateTable") == before + 2
    assert columns(lake, namespace) == ["c1", "n", "more"]
    assert metadata_files(s3, table) == 3


def test_a_commit_whose_answer_was_lost_may_have_a_successor(
    lake: Lake, s3: Any, faults: Faults, faulty: Lake, table: Any, namespace: str
) -> None:
    faults.answer(
        "UpdateTable",
        LoseTheAnswer(lambda: add_column(lake, lake.load(namespace), "of_another")),
    )
    add_column(faulty, table, "more")
    assert columns(lake, namespace) == ["c1", "n", "more", "of_another"]
    assert metadata_files(s3, table) == 4


def test_a_commit_of_which_nothing_can_be_learnt_keeps_its_files(
    lake: Lake, s3: Any, faults: Faults, faulty: Lake, namespace: str
) -> None:
    settings = {"commit.retry.num-retries": "0", "commit.status-check.num-retries": "1"}
    settings["commit.status-check.min-wait-ms"] = "1"
    table = faulty.new_table(namespace, **settings)
    denied = AnswerInstead("AccessDeniedException")

    def deny() -> None:
        faults.answer("GetTable", *[denied] * 20)

    faults.answer("UpdateTable", *[LoseTheAnswer(deny)] * 20)
    with refused("CommitStateUnknownException"):
        add_column(faulty, table, "more")
    assert columns(lake, namespace) == ["c1", "more"]
    assert metadata_files(s3, table) == 2


def test_a_table_whose_namespace_went_is_said_to_be_gone(
    lake: Lake, glue: Any, table: Any, namespace: str
) -> None:
    change = table.updateSchema().addColumn("more", lake.types.IntegerType.get())
    glue.delete_database(Name=namespace)
    with refused("CommitFailedException", "is not same as the current Glue location 'null'"):
        change.commit()
    place, named = f"s3://{BUCKET}/{namespace}", lake.identifier(namespace, "u")
    with refused("NotFoundException", "Glue cannot find the requested entity"):
        lake.catalog.createTable(named, lake.schema(), lake.unpartitioned(), place, {})


def test_a_table_that_others_dropped_is_said_to_be_gone(
    lake: Lake, table: Any, namespace: str
) -> None:
    lake.catalog.dropTable(lake.identifier(namespace, "t"), False)
    with refused("NoSuchTableException", "maybe another process deleted it"):
        table.refresh()


def test_twenty_commits_at_once_all_come_one_after_another(lake: Lake, namespace: str) -> None:
    settings = {"commit.retry.num-retries": "1000", "commit.retry.min-wait-ms": "5"}
    settings |= {"commit.retry.max-wait-ms": "50", "commit.manifest-merge.enabled": "false"}
    lake.new_table(namespace, **settings)
    table = lake.load(namespace)
    pending = [
        table.newAppend().appendFile(lake.data_file(table, f"/data/{number}.parquet"))
        for number in range(20)
    ]
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda append: append.commit(), pending))
    assert history(table) == 20
    assert len(table.currentSnapshot().allManifests(table.io())) == 20


def test_two_writers_of_many_commits_lose_none(lake: Lake, namespace: str) -> None:
    settings = {"commit.retry.num-retries": "1000", "commit.retry.min-wait-ms": "5"}
    settings |= {"commit.retry.max-wait-ms": "50", "commit.manifest-merge.enabled": "false"}
    lake.new_table(namespace, **settings)

    def write(writer: int) -> None:
        table = lake.other().load(namespace)
        for number in range(10):
            file = lake.data_file(table, f"/data/{writer}-{number}.parquet")
            table.newFastAppend().appendFile(file).commit()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(write, range(2)))
    table = lake.load(namespace)
    assert history(table) == 20
    assert len(table.currentSnapshot().allManifests(table.io())) == 20
