"""Where rows that are to be added are staged, which staged tables are taken for an earlier run's, and what is said of calls
that fail."""

from __future__ import annotations

from typing import Any

import pytest
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue import appends
from dbt.adapters.glue.append_plans import INTO, NEW, Move, appended_name, place_for
from dbt.adapters.glue.appends import Appends
from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.staged_tables import ADDED, OWNER, look
from dbt.adapters.glue.versions import new_version
from tests.unit.adapter.partitioned_lake import TARGET as TABLE
from tests.unit.adapter.partitioned_lake import Lake

OLD = "v20240101T000000_0123abcd"
TARGET = ("s", "t")


def table(name: str, location: str, keys: tuple[str, ...] = (), **parameters: str) -> Any:
    return {
        "Name": name,
        "StorageDescriptor": {"Location": location},
        "PartitionKeys": [{"Name": key} for key in keys],
        "Parameters": parameters,
        "VersionId": "1",
    }


@pytest.mark.parametrize(
    ("location", "keys", "expected"),
    [
        ("s3://b/s/t/v20240101T000000_0123abcd", (), f"s3://b/s/t/{OLD}/_dbt_append/VERSION"),
        ("s3://b/s/t/", (), "s3://b/s/t/_dbt_append/VERSION"),
        ("s3://b/s/t/v20240101T000000_0123abcd/", ("p",), "s3://b/s/t/VERSION"),
        ("s3://b/s/t", ("p",), "s3://b/s/t/VERSION"),
    ],
)
def test_where_rows_are_staged(location: str, keys: tuple[str, ...], expected: str) -> None:
    assert place_for(table("t", location, keys), "VERSION") == expected


class Catalog:
    """Tables by name, as one database has them."""

    def __init__(self, *tables: Any) -> None:
        self.tables = {made["Name"]: made for made in tables}

    def table(self, _database: str, name: str) -> Any:
        return self.tables.get(name)

    def tables_like(self, _database: str, _pattern: str) -> list[Any]:
        return [made for name, made in self.tables.items() if name.endswith(ADDED)]

    def delete_table(self, _database: str, name: str) -> None:
        del self.tables[name]

    def update_table(self, _database: str, table: Any, version: str | None = None) -> None:
        assert (table["Name"], version) == ("t", "1")

    def partitions(self, _database: str, _table: str) -> dict[tuple[str, ...], Any]:
        return {}

    def add_partitions(self, _database: str, _table: str, _partitions: Any) -> bool:
        return True


def test_what_the_next_run_does_with_what_it_finds() -> None:
    here, new = "s3://b/s/t", new_version("0123abcd", "r89abcdef")
    owned = {OWNER: "s.t"}

    def staged(version: str, **parameters: str) -> Any:
        name = appended_name(TARGET, None, version)[1]
        return table(name, f"{here}/_dbt_append/{version}", **parameters)

    marked = new_version()
    elsewhere = new_version()
    catalog = Catalog(
        table("t", here),
        staged(OLD, **owned),
        staged(OLD[:-1] + "e"),  # of a Python model that was killed before it could say whose it is
        staged(OLD[:-1] + "f", **{OWNER: "s.other"}),
        staged(new, **owned),
        staged(marked, **owned, **{INTO: here}),
        staged(elsewhere, **owned, **{INTO: "s3://b/s/before"}),
        table("t__v20240101t0000000123abc0__dbt_add", "s3://theirs/place"),
    )
    moved: list[Any] = []
    removed: list[str] = []
    Appends(
        catalog,  # type: ignore[arg-type]
        lambda *move: moved.append(move),
        lambda request: removed.extend(["kept"] if "replaced" in request else request["folders"]),
        lambda staged: data_location(staged).endswith(new),
        lambda target: catalog.table(*target),
    ).settle(TARGET, None)
    assert moved == [(TARGET, [Move(f"{here}/_dbt_append/{marked}", here)], f"dbt-{marked}-", False)]  # fmt: skip
    assert sorted(removed) == sorted([OLD, f"{OLD[:-1]}e", marked, elsewhere])
    assert sorted(catalog.tables) == sorted(
        [
            "t",
            "t__v20240101t0000000123abc0__dbt_add",
            appended_name(TARGET, None, OLD[:-1] + "f")[1],
            appended_name(TARGET, None, new)[1],
        ]
    )


RUN = "r0000000a"
ROWS = {"a": ["mine a"], "b": ["mine b"]}


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return Lake()


def fails(lake: Lake, call: str, code: str, *numbers: int, is_done: bool = False) -> None:
    """Calls of this name fail, by their numbers; all of them where none is given. One that `is_done` fails on its way back."""
    real, seen = getattr(lake, call), [0]

    def called(*arguments: Any) -> Any:
        seen[0] += 1
        failing = not numbers or seen[0] in numbers
        if is_done or not failing:
            answer = real(*arguments)
        if failing:
            raise GlueApiError(f"{call} failed: {code}", code)
        return answer

    setattr(lake, call, called)


def test_rows_of_which_no_partition_is_known(lake: Lake) -> None:
    """As where Spark is told not to keep partitions in the catalog, or another run has discarded them."""
    for rows, folders in (({}, 1), ({"b": ["mine b"]}, 2)):
        staged = lake.stage_append(RUN, rows)
        with pytest.raises(DbtRuntimeError, match=r"nothing was added.*manageFilesourcePartitions"):
            lake.appends(RUN).publish(TABLE, staged, folders)
        assert lake.rows() == ["old a"]
        assert lake.staged() == []


@pytest.mark.parametrize("code", ["ConcurrentModificationException", "OperationTimeoutException"])
@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("call", [1, 2])
def test_a_call_that_may_have_been_made(lake: Lake, call: int, is_done: bool, code: str) -> None:
    """The mark, and that by which the table gets another version."""
    staged, before = lake.stage_append(RUN, ROWS), lake.table(*TABLE)["VersionId"]
    fails(lake, "update_table", code, call, is_done=is_done)
    lake.appends(RUN).publish(TABLE, staged)
    assert lake.rows() == ["mine a", "mine b", "old a"]
    assert lake.staged() == []
    assert lake.table(*TABLE)["VersionId"] != before


@pytest.mark.parametrize("code", ["AccessDeniedException", "OperationTimeoutException"])
def test_a_mark_that_cannot_be_made(lake: Lake, code: str) -> None:
    staged = lake.stage_append(RUN, ROWS)
    fails(lake, "update_table", code)
    with pytest.raises(DbtRuntimeError, match=f"nothing was added to d.t: .*{code}.*run the model again"):  # fmt: skip
        lake.appends(RUN).publish(TABLE, staged)
    assert lake.rows() == ["old a"]
    assert lake.staged() == []


def test_a_mark_of_which_nothing_is_known(lake: Lake) -> None:
    """It was made, and neither that answer nor the deletion came through: the error says what would be added twice."""
    staged = lake.stage_append(RUN, ROWS)
    fails(lake, "table", "OperationTimeoutException", *range(3, 9))
    fails(lake, "update_table", "OperationTimeoutException", is_done=True)
    fails(lake, "delete_table", "OperationTimeoutException")
    with pytest.raises(DbtRuntimeError, match=f"Next: delete d.{staged[1]} in the Data Catalog, or its rows may come in twice"):  # fmt: skip
        lake.appends(RUN).publish(TABLE, staged)
    assert lake.rows() == ["old a"]
    assert INTO in lake.tables[staged[1]]["Parameters"]
    assert lake.removed == []


def test_more_new_partitions_than_a_property_holds(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appends, "_VALUE_LIMIT", 4)
    staged = lake.stage_append(RUN, ROWS)
    fails(lake, "add_partitions", "AccessDeniedException", 1)
    with pytest.raises(DbtRuntimeError, match="AccessDeniedException"):
        lake.appends(RUN).publish(TABLE, staged)
    assert NEW not in lake.tables[staged[1]]["Parameters"]
    lake.appends(RUN).settle(TABLE, None)
    assert lake.rows() == ["mine a", "mine b", "old a"]
    assert lake.staged() == []


@pytest.mark.parametrize(("rows", "is_read"), [({"a": ["mine a"]}, False), (ROWS, True)])
def test_what_readers_may_have_found_stays_for_a_while(
    lake: Lake, rows: dict[str, list[str]], is_read: bool
) -> None:
    """A partition that was added, and replaced by another run before the staged table was forgotten."""
    staged = lake.stage_append(RUN, rows)
    folder = data_location(lake.table(*staged)).rpartition("/")[2]

    def merge(call: str) -> None:
        if call == "delete_table":
            lake.before = lambda _call: None
            assert lake.build("r0000000b", {"a": ["their a"], "b": ["their b"]})()

    lake.before = merge
    lake.appends(RUN).publish(TABLE, staged)
    assert lake.rows() == sorted(["old a", "their a", "their b", *(row for each in rows.values() for row in each)])  # fmt: skip
    assert (folder in lake.removed) is not is_read
    assert (folder in lake.kept) is is_read


@pytest.mark.parametrize("is_meanwhile", [False, True])
def test_what_was_cut_short_meets_a_table_that_was_replaced(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, is_meanwhile: bool
) -> None:
    """Before the next run looks at it, or while that puts rows in place."""
    staged = lake.stage_append(RUN, {"z": ["mine z"]})
    fails(lake, "add_partitions", "AccessDeniedException", 1)
    with pytest.raises(DbtRuntimeError, match="AccessDeniedException"):
        lake.appends(RUN).publish(TABLE, staged)
    replace = lake.rebuild("r0000000b", {"a": ["new"]})
    if is_meanwhile:
        lake.add_partitions = lambda *_: not replace()  # type: ignore[method-assign]
    else:
        replace()
    said: list[str] = []
    monkeypatch.setattr(appends.logger, "warning", said.append)
    lake.appends(RUN).settle(TABLE, None)
    assert ("may not be in it" if is_meanwhile else "these are not added") in "".join(said)
    assert lake.rows() == ["new"]
    assert lake.staged() == []


@pytest.mark.parametrize(
    "code",
    ["AccessDeniedException", "ConcurrentModificationException", "OperationTimeoutException"],
)
def test_other_runs_cannot_be_told(lake: Lake, code: str) -> None:
    """The rows are in by then: it is said, so that nobody adds them again; and the next run goes on from there."""
    staged = lake.stage_append(RUN, ROWS)
    update = lake.update_table
    fails(lake, "update_table", code, *range(2, 100))
    with pytest.raises(DbtRuntimeError, match=f"put into d.t, .*{code}.*do not add them again"):
        lake.appends(RUN).publish(TABLE, staged)
    assert lake.rows() == ["mine a", "mine b", "old a"]
    lake.update_table = update  # type: ignore[method-assign]
    lake.appends(RUN).settle(TABLE, None)
    assert lake.rows() == ["mine a", "mine b", "old a"]
    assert lake.staged() == []


def test_another_append_comes_before_each_call(lake: Lake) -> None:
    """Each gets the table a version; none is in the others' way, and each adds the same new partition."""
    staged = lake.stage_append(RUN, ROWS)
    came: list[int] = []

    def comes(call: str) -> None:
        if call == "place" or len(came) == 4:
            return
        came.append(len(came))
        lake.before = lambda _call: None
        lake.appends(RUN).publish(TABLE, lake.stage_append(RUN, {"b": [f"other {came[-1]}"]}))
        lake.before = comes

    lake.before = comes
    lake.appends(RUN).publish(TABLE, staged)
    others_rows = [f"other {number}" for number in came]
    assert len(came) >= 2
    assert lake.rows() == ["mine a", "mine b", "old a", *others_rows]
    assert lake.staged() == []


def test_a_partition_that_is_refused_and_not_shown(lake: Lake) -> None:
    staged = lake.stage_append(RUN, ROWS)
    asked = []
    lake.add_partitions = lambda *_: bool(asked.append(1))  # type: ignore[method-assign]
    with pytest.raises(
        DbtRuntimeError, match=r"takes no partition b.*Next: look at that partition"
    ):
        lake.appends(RUN).publish(TABLE, staged)
    assert len(asked) == 1 + len(appends.WAITS)


def test_the_staged_table_stays_behind(lake: Lake) -> None:
    """The rows are in: that is no reason to fail."""
    staged = lake.stage_append(RUN, ROWS)
    fails(lake, "delete_table", "OperationTimeoutException")
    fails(lake, "partitions", "OperationTimeoutException", 3)
    lake.appends(RUN).publish(TABLE, staged)
    assert lake.rows() == ["mine a", "mine b", "old a"]
    assert lake.removed == []


def test_a_look_at_a_table_tells_of_rows_for_it(lake: Lake) -> None:
    assert not look(lake, TABLE).adds  # type: ignore[arg-type]
    lake.stage_append(RUN, ROWS)
    assert look(lake, TABLE).adds  # type: ignore[arg-type]
    assert not look(lake, TABLE).staged  # type: ignore[arg-type]
    lake = Lake()
    name = appended_name(TABLE, "scratch", new_version())[1]
    lake.stage(name, RUN, {}, **{OWNER: "d.t"})
    assert look(lake, TABLE, "scratch").adds  # type: ignore[arg-type]
    lake.tables[name]["Parameters"][OWNER] = "d.other"
    assert not look(lake, TABLE, "scratch").adds  # type: ignore[arg-type]
