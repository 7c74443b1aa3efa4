"""What may go and what stays: ownership in a folder's name, marks, runs that live or have ended, references."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.old_versions import Look, OldVersions, looked_at
from dbt.adapters.glue.references import references
from dbt.adapters.glue.replacement import OWNER, Replacement
from dbt.adapters.glue.sessions.runs import Run, dead_runs
from dbt.adapters.glue.versions import (
    VERSION,
    beside,
    mark_of,
    marked,
    new_version,
    owner_hash,
    version_name,
    version_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

ROOT = "s3://b/wh/shop/orders"
ORDERS = ("shop", "orders")
MINE = owner_hash("aws 1 eu-west-1", *ORDERS)
THEIRS = owner_hash("aws 2 eu-west-1", *ORDERS)
OLD = "v20260101T000000_0123abcd"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The locks of runs are under the machine's folder of temporary files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def ago(minutes: float) -> datetime:
    return datetime.now(timezone.utc) - timedelta(minutes=minutes)


def made(minutes_ago: float, owner: str = MINE, run: str = "r00000000") -> str:
    """The name of a version that was begun some minutes ago."""
    at = datetime.now(timezone.utc) - timedelta(minutes=minutes_ago)
    return f"v{at:%Y%m%dT%H%M%S}" + new_version(owner, run)[16:]


def look(
    versions: list[str], marks: dict[str, float], dead: dict[str, bool | None] | None = None
) -> tuple[set[str], list[str], set[str]]:
    """Names of what may go, marks without a version, names of what stays."""
    found, gone, stays = looked_at(
        ROOT,
        versions,
        marks,
        {MINE: Look(ORDERS, 3600.0)},
        lambda words: dead or dict.fromkeys(words),
    )
    return {each.version[1] for each in found}, gone, {name for name, _ in stays}


def test_names_tell_owner_and_run() -> None:
    name = new_version(MINE, "r01234567")
    known = version_name(name)
    assert known is not None
    assert (known.owner, known.run) == (MINE, "r01234567")
    assert version_of(f"{ROOT}/{name}/day=1") == (ROOT, name)
    assert VERSION.fullmatch(OLD)
    assert version_name(OLD) is not None
    assert mark_of(name, THEIRS) == name
    assert marked(mark_of(OLD, MINE)) == (OLD, MINE)
    assert marked(name) == (name, MINE)
    assert version_name("v20261399T000000_0123abcd") is None
    assert marked("notes") is None


def test_two_catalogs_and_two_tables_have_different_owners() -> None:
    assert MINE != THEIRS
    assert owner_hash("aws 1 eu-west-1", "Shop", "Orders") == MINE
    assert owner_hash("c", "a", "b.c") != owner_hash("c", "a.b.c", "")


def test_only_what_was_replaced_long_enough_ago_goes() -> None:
    recent, long_ago = made(500), made(600)
    assert look([recent, long_ago], {recent: 60.0, long_ago: 7200.0}) == ({long_ago}, [], {recent})


def test_of_another_catalog_nothing_goes_however_old_or_dead() -> None:
    theirs, replaced = made(90_000, THEIRS), made(90_000, THEIRS)
    assert look([theirs, replaced], {replaced: 1e9}, {"r00000000": True}) == (
        set(),
        [],
        {theirs, replaced},
    )


def test_names_without_an_owner_go_only_after_our_own_switch() -> None:
    assert look([OLD], {}) == (set(), [], {OLD})
    assert look([OLD], {f"{OLD}-{THEIRS}": 1e9}) == (set(), [], {OLD})
    assert look([OLD], {f"{OLD}-{MINE}": 7200.0}) == ({OLD}, [], set())


def test_a_run_that_works_keeps_its_folder_for_days_and_a_dead_ones_goes_at_once() -> None:
    working, killed = made(3 * 1440, run="r11111111"), made(1, run="r22222222")
    dead = {"r11111111": False, "r22222222": True}
    assert look([working, killed], {}, dead) == ({killed}, [], {working})


def test_of_unknown_runs_there_is_a_days_limit() -> None:
    hours, days = made(120), made(2 * 1440)
    assert look([hours, days], {}) == ({days}, [], {hours})


def test_marks_without_a_version_go() -> None:
    gone, theirs = made(100), made(100, THEIRS)
    assert look([], {gone: 60.0, theirs: 60.0, "notes": 1.0}) == (set(), [gone], set())


def test_a_migrated_tables_versions_are_beside_it() -> None:
    assert beside(ROOT, ROOT) == f"{ROOT}__dbt_glue"
    assert beside(ROOT, "s3://b/wh/shop/") == "s3://b/wh/shop__dbt_glue/orders"
    assert beside(ROOT, "s3://b/wh/shop/orders_2") == ROOT
    assert beside(ROOT, f"{ROOT}/below") == ROOT
    assert beside("s3://b", "s3://b") is None


def test_a_place_is_the_same_however_it_is_spelled() -> None:
    other = ROOT.replace("s3://", "s3a://")
    assert beside(other, ROOT) == f"{ROOT}__dbt_glue"
    assert beside(other, "s3n://b/wh/shop/") == "s3n://b/wh/shop__dbt_glue/orders"
    assert beside(other, "s3://b/wh/shop/orders_2") == other
    assert beside("hdfs://b/wh", "s3://b/wh") == "hdfs://b/wh"


# Runs


def test_a_run_is_known_to_live_and_to_have_ended_on_its_machine() -> None:
    ours = Run()
    word = ours.word
    assert ours.word == word

    def nobody() -> list[str]:
        raise AssertionError("no session is asked for")

    assert dead_runs([word], nobody) == {word: False}
    ours.end()
    assert dead_runs([word], nobody) == {word: True}
    assert ours.word != word
    ours.end()


def test_a_killed_process_has_ended(tmp_path: Path) -> None:
    code = (
        "import sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from dbt.adapters.glue.sessions.runs import Run\n"
        "run = Run(); print(run.word, flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    word = child.stdout.readline().strip()
    assert dead_runs([word], list) == {word: False}
    child.kill()
    child.communicate()
    assert dead_runs([word], list) == {word: True}


def test_elsewhere_sessions_tell_and_kept_ones_do_not() -> None:
    sessions = ["dbt-glue-0123456789ab-r111111110123456789ab", "else"]
    asked = ["r11111111", "r22222222", "k33333333"]
    assert dead_runs(asked, lambda: sessions) == {
        "r11111111": False,
        "r22222222": True,
        "k33333333": None,
    }

    def denied() -> list[str]:
        raise GlueApiError("AccessDeniedException", "AccessDeniedException")

    assert dead_runs(asked, denied) == dict.fromkeys(asked)


def test_a_folder_of_locks_that_others_could_write_is_not_trusted(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"dbt-glue-runs-{os.getuid()}").symlink_to(elsewhere)
    run = Run()
    assert dead_runs([run.word], lambda: [f"x-{run.word}0"]) == {run.word: False}
    assert list(elsewhere.iterdir()) == []


def test_files_of_runs_that_ended_weeks_ago_go_once_a_day(tmp_path: Path) -> None:
    weeks, days = time.time() - 15 * 24 * 3600, time.time() - 2 * 24 * 3600
    folder = tmp_path / f"dbt-glue-runs-{os.getuid()}"
    ended, living = Run(), Run()
    files = [folder / ended.word, folder / living.word]
    for file in files:
        os.utime(file, (weeks, weeks))
    ended.end()
    later = [Run(), Run()]
    assert {later[0].word, *(file.name for file in files)} < {f.name for f in folder.iterdir()}
    os.utime(folder / "swept", (days, days))
    assert later[1].word
    assert [file.exists() for file in files] == [False, True]


# References


class Catalog:
    """The tables of a database in memory; `after_listing` is what changes between two reads."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self.contents = tables
        self.after_listing: dict[str, Any] | None = None

    def tables(self, database: str) -> Iterator[dict[str, Any]]:
        assert database == "shop"
        yield from list(self.contents.values())
        if self.after_listing is not None:
            self.contents = self.after_listing

    def tables_named(self, database: str, names: Collection[str]) -> list[dict[str, Any]]:
        return [table for table in self.contents.values() if table["Name"] in names]

    def table(self, database: str, name: str) -> dict[str, Any] | None:
        return self.contents.get(name.lower())

    def tables_matching(self, database: str, pattern: str) -> list[dict[str, Any]]:
        return [each for name, each in self.contents.items() if re.fullmatch(pattern, name)]

    def update_table(self, database: str, given: dict[str, Any], version: str) -> None:
        there = self.contents[given["Name"]]
        assert there["VersionId"] == version
        changed = {"VersionId": str(int(version) + 1), "UpdateTime": ago(0)}
        self.contents[given["Name"]] = {**there, **given, **changed}

    def delete_table(self, database: str, name: str) -> None:
        del self.contents[name.lower()]

    def delete_partitions(self, database: str, name: str, values: Collection[Any]) -> None:
        assert name.lower() in self.contents
        assert not values

    def partitions(self, database: str, name: str) -> dict[tuple[str, ...], dict[str, Any]]:
        return {
            (str(n),): {"StorageDescriptor": {"Location": place}}
            for n, place in enumerate(self.contents[name].get("places", ()))
        }


def table(name: str, place: str, **more: Any) -> dict[str, Any]:
    return {"Name": name, "StorageDescriptor": {"Location": place}, **more}


def test_what_is_handed_over_between_two_reads_is_seen() -> None:
    staged = {"Parameters": {OWNER: "shop.orders"}}
    fresh, live = made(1), made(100)
    before = {
        "orders": table("orders", f"{ROOT}/{live}"),
        "orders__dbt_new": table("orders__dbt_new", f"{ROOT}/{fresh}", **staged),
    }
    catalog: Any = Catalog(before)
    used = references(catalog, {ORDERS}, {ROOT}, None)
    assert used.all == {live, fresh}
    # Listed while it is handed over: the staged table was gone from the page, the target not yet switched.
    catalog = Catalog({"orders": table("orders", f"{ROOT}/{live}")})
    catalog.after_listing = {"orders": table("orders", f"{ROOT}/{fresh}")}
    assert references(catalog, {ORDERS}, {ROOT}, None).all == {fresh}


def test_what_a_property_of_a_switch_says_is_no_reference() -> None:
    version = made(1)
    entry = table("orders", ROOT, Parameters={"dbt_glue.append_into": f"{ROOT}/{version}"})
    catalog: Any = Catalog({"orders": entry})
    assert references(catalog, {ORDERS}, {ROOT}, None).all == frozenset()


def test_partitions_and_renamed_tables_are_references() -> None:
    one, two, three = made(1), made(2), made(3)
    keys = {"PartitionKeys": [{"Name": "day"}]}
    catalog: Any = Catalog(
        {
            "orders": table("orders", ROOT, places=[f"{ROOT}__dbt_glue/{one}/day=1"], **keys),
            "renamed": table("renamed", f"{ROOT}/{two}", **keys, places=[f"{ROOT}/{three}/day=1"]),
            "elsewhere": table("elsewhere", "s3://b/wh/shop/elsewhere", **keys),
        }
    )
    used = references(catalog, {ORDERS}, {ROOT}, None)
    assert used.all == {one, two, three}


ICEBERG: dict[str, Any] = {"table_type": "ICEBERG"}


@pytest.mark.parametrize(
    ("storage", "parameters"),
    [
        ({}, {**ICEBERG, "metadata_location": f"{ROOT}/NAME/metadata/1.json"}),
        (
            {"Location": "s3://b/moved"},
            {
                **ICEBERG,
                "metadata_location": "s3://b/moved/metadata/2.json",
                "previous_metadata_location": f"{ROOT}/NAME/metadata/1.json",
            },
        ),
        ({"SerdeInfo": {"Parameters": {"path": f"{ROOT}/NAME"}}}, {"classification": "delta"}),
        ({"Location": f"{ROOT}/NAME/_dbt_append/{OLD}"}, {}),
    ],
)
@pytest.mark.parametrize("name", ["orders", "else", "orders__dbt_new"])
def test_a_table_may_say_in_several_ways_where_its_data_is(
    storage: dict[str, Any], parameters: dict[str, str], name: str
) -> None:
    version = made(100)
    filled = json.loads(json.dumps([storage, parameters]).replace("NAME", version))
    entry = {"Name": name, "StorageDescriptor": filled[0], "Parameters": filled[1]}
    if name == "orders__dbt_new":
        entry["Parameters"][OWNER] = "shop.orders"
    catalog: Any = Catalog({name: entry})
    assert version in references(catalog, {ORDERS}, {ROOT}, None).all


@pytest.mark.parametrize("kind", ["iceberg", "delta"])
def test_what_an_open_tables_own_log_may_name_is_no_killed_runs(kind: str) -> None:
    """Iceberg's files stay where they are when the location of their table is changed, and no entry names the folder."""
    first, replaced = made(100), made(200)
    moved = table("orders", "s3://b/moved", Parameters={"table_type": kind})
    catalog = Catalog({"orders": moved})
    old = old_versions(catalog)
    old.new_location(ORDERS, ROOT)
    old.take()
    old.found(listing(first, replaced, **{replaced: 3700.0}))
    assert old.take(last=True) == [
        {"root": ROOT, "folders": [replaced], "unmark": [replaced], "mark": []}
    ]
    # One that is where this adapter has made it has been nowhere else.
    moved["StorageDescriptor"]["Location"] = f"{ROOT}/{made(50)}"
    old.found(listing(first))
    assert old.take(last=True) == [{"root": ROOT, "folders": [], "unmark": [], "mark": [first]}]


def old_versions(catalog: Any, minutes: float = 60, run: Run | None = None) -> OldVersions:
    return OldVersions(
        lambda: catalog, lambda: "aws 1 eu-west-1", run or Run(), list, minutes, None
    )


def listing(*versions: str, **marks: float) -> list[dict[str, Any]]:
    return [{"root": ROOT, "versions": list(versions), "marks": marks}]


def test_a_dead_runs_folder_goes_and_one_that_was_replaced_unnoticed_waits() -> None:
    live, unnoticed, killed = made(100), made(200), made(50)
    catalog = Catalog({"orders": table("orders", f"{ROOT}/{live}", UpdateTime=ago(99))})
    old = old_versions(catalog)
    old.new_location(ORDERS, ROOT)
    assert old.take() == [{"root": ROOT, "look": True}]
    old.found(listing(live, unnoticed, killed))
    assert old.take() == []
    (request,) = old.take(last=True)
    assert request == {"root": ROOT, "folders": [killed], "unmark": [killed], "mark": [unnoticed]}


@pytest.mark.parametrize("entry", [{"UpdateTime": ago(40)}, {}, None])
def test_what_was_begun_later_and_replaced_by_an_elder_waits_too(
    entry: dict[str, Any] | None,
) -> None:
    """Of two runs beside each other the later one was first, and the other was killed before it left a mark."""
    live, later = made(100), made(50)
    tables = {} if entry is None else {"orders": table("orders", f"{ROOT}/{live}", **entry)}
    old = old_versions(Catalog(tables))
    old.new_location(ORDERS, ROOT)
    old.take()
    old.found(listing(live, later) if tables else listing(later))
    assert old.take(last=True) == [{"root": ROOT, "folders": [], "unmark": [], "mark": [later]}]


@pytest.mark.parametrize(
    ("updates", "goes"),
    [([99], True), ([40], False), ([99, 40], False), ([40, 99], False), ([None], False)],
)
def test_when_others_had_changed_a_table_is_known_after_this_runs_own_switch(
    updates: list[float | None], goes: bool
) -> None:
    live, killed = made(100), made(50)
    catalog = Catalog({"orders": table("orders", f"{ROOT}/{live}")})
    run = Run()
    old = old_versions(catalog, run=run)
    fresh = old.new_location(ORDERS, ROOT)
    old.take()
    old.found(listing(live, killed))
    catalog.contents["orders"] = table("orders", fresh, UpdateTime=ago(0))
    for minutes in updates:
        request: dict[str, Any] = {"root": ROOT, "folders": [live], "replaced": list(ORDERS)}
        old.remove_later(request if minutes is None else {**request, "updated": ago(minutes)})
    folders, marks = ([killed], []) if goes else ([], [killed])
    *marked_now, last = old.take(last=True)
    assert marked_now == [{"root": ROOT, "mark": [live]}] * len(updates)
    assert last == {"root": ROOT, "folders": folders, "unmark": folders, "mark": marks}
    run.end()


def test_what_is_referred_to_stays_whatever_was_thought_of_it() -> None:
    late = made(100)
    catalog = Catalog({"orders": table("orders", f"{ROOT}/{late}")})
    old = old_versions(catalog, minutes=0)
    old.new_location(ORDERS, ROOT)
    old.take()
    old.remove_later({"root": ROOT, "folders": [late], "replaced": list(ORDERS)})
    old.found(listing(late, **{late: 1e6}))
    assert old.take(last=True) == []


@pytest.mark.parametrize("minutes", [0, 60])
def test_what_is_referred_to_stays_however_its_place_is_spelled(minutes: float) -> None:
    live, part, renamed = made(300), made(200), made(100)
    keys = {"PartitionKeys": [{"Name": "day"}]}
    catalog = Catalog(
        {
            "orders": table("orders", f"{ROOT}/{live}", **keys, places=[f"{ROOT}/{part}/day=1"]),
            "renamed": table("renamed", ROOT, **keys, places=[f"{ROOT}/{renamed}/day=1"]),
        }
    )
    other = ROOT.replace("s3://", "s3a://")
    old = old_versions(catalog, minutes)
    old.new_location(ORDERS, other)
    old.take()
    old.remove_later({"root": other, "folders": [part], "replaced": list(ORDERS)})
    old.take()
    old.found([{"root": other, "versions": [live, renamed], "marks": {live: 1e6}}])
    assert old.take(last=True) == []


def test_a_new_version_stays_beside_a_migrated_table_however_that_is_spelled() -> None:
    old = old_versions(Catalog({}))
    old.note("shop", table("orders", ROOT))
    other = ROOT.replace("s3://", "s3a://")
    assert old.new_location(ORDERS, other).startswith(f"{ROOT}__dbt_glue/v")
    old.note("shop", table("orders", f"{ROOT}__dbt_glue/{OLD}"))
    assert old.new_location(ORDERS, other).startswith(f"{ROOT}__dbt_glue/v")


def test_what_was_replaced_stays_for_the_models_own_time() -> None:
    live = made(100)
    request = {"root": ROOT, "folders": [live], "replaced": list(ORDERS)}
    for minutes, expected in (
        (None, [{"root": ROOT, "mark": [live]}]),
        (0.0, [{"root": ROOT, "folders": [live], "unmark": [live], "mark": []}]),
    ):
        old = old_versions(Catalog({}))
        old.new_location(ORDERS, ROOT, minutes)
        old.take()
        old.remove_later(request)
        assert old.take(last=True) == expected


def test_staged_data_of_this_run_and_of_a_dead_one_goes_and_of_another_waits() -> None:
    run, other = Run(), Run()
    own, theirs, dead = (made(1, run=word) for word in (run.word, other.word, "r99999999"))
    old = old_versions(Catalog({}), run=run)
    old.remove_later({"root": ROOT, "folders": [own, theirs, dead, OLD], "staged": list(ORDERS)})
    assert old.take() == [
        {"root": ROOT, "folders": [own, dead]},
        {"root": ROOT, "mark": sorted([theirs, f"{OLD}-{MINE}"])},
    ]
    run.end()
    other.end()


@pytest.mark.parametrize(("minutes", "waits"), [(60, False), (40, True)])
def test_what_a_dead_run_had_switched_in_before_it_forgot_it_waits(
    minutes: float, waits: bool
) -> None:
    """Another run has replaced it since, which left it alone because of the staged table."""
    live, staged = made(100), made(50)
    changed = ago(minutes)
    catalog: Any = Catalog(
        {
            "orders": table("orders", f"{ROOT}/{live}", VersionId="7", UpdateTime=changed),
            "orders__dbt_new": table(
                "orders__dbt_new", f"{ROOT}/{staged}", Parameters={OWNER: "shop.orders"}
            ),
        }
    )
    old = old_versions(catalog)
    Replacement(catalog, old.remove_later).forget_ended(ORDERS, ("shop", "orders__dbt_new"))
    assert catalog.contents["orders"]["VersionId"] == "8"
    assert old.take(last=True) == [{"root": ROOT, "mark" if waits else "folders": [staged]}]


def test_dropped_data_goes_at_the_end_of_the_run_if_no_table_has_it() -> None:
    gone, copied = made(200), made(100)
    catalog = Catalog(
        {
            "orders": table("orders", f"{ROOT}/{gone}"),
            "copied": table("copied", f"{ROOT}/{copied}"),
        }
    )
    old = old_versions(catalog)
    replacement = Replacement(catalog, old.remove_later)  # type: ignore[arg-type]
    replacement.discard(("Shop", "Orders"))
    catalog.contents["orders"] = table("orders", f"{ROOT}/{copied}")
    replacement.discard(ORDERS)
    assert old.take() == []
    assert old.take(last=True) == [
        {"root": ROOT, "folders": [gone], "unmark": [gone], "mark": []},
    ]


def test_of_a_name_without_an_owner_its_place_tells_whose_it_is() -> None:
    """An entry that was copied from another schema's: a mark of this table's is nothing to those who look there."""
    mark = f"{OLD}-{MINE}"
    prod = "s3://b/wh/prod/orders"
    old = old_versions(Catalog({}), minutes=0)
    old.new_location(ORDERS, ROOT)
    old.take()
    for how in ("replaced", "staged", "dropped"):
        old.remove_later({"root": prod, "folders": [OLD], how: list(ORDERS)})
        assert old.take(last=True) == [{"root": prod, "mark": [mark]}]
        old.remove_later({"root": ROOT, "folders": [OLD], how: list(ORDERS)})
        assert old.take(last=True) == [
            {"root": ROOT, "folders": [OLD], "unmark": [mark], "mark": []}
        ]


@pytest.mark.parametrize("minutes", [0, 60])
@pytest.mark.parametrize("how", ["replaced", "staged", "dropped"])
def test_what_an_entry_of_another_table_points_at_is_not_its_own(minutes: float, how: str) -> None:
    """As of a copy of another schema's entry: nobody of this schema knows what refers to that."""
    run = Run()
    theirs = made(100, owner_hash("aws 1 eu-west-1", "prod", "orders"), run.word)
    old = old_versions(Catalog({}), minutes, run)
    old.remove_later({"root": "s3://b/wh/prod/orders", "folders": [theirs], how: list(ORDERS)})
    assert old.take(last=True) == []
    run.end()


def test_the_data_of_a_table_that_this_run_has_renamed_is_its_own() -> None:
    first, second = made(200), made(100)
    renamed, again = ("shop", "renamed"), ("shop", "again")
    old = old_versions(Catalog({}))
    old.renamed(ORDERS, renamed)
    old.remove_later({"root": ROOT, "folders": [first], "replaced": list(renamed)})
    old.renamed(renamed, again)
    old.remove_later({"root": ROOT, "folders": [second], "dropped": list(again)})
    assert old.take(last=True) == [
        {"root": ROOT, "mark": [first]},
        {"root": ROOT, "folders": [second], "unmark": [second], "mark": []},
    ]


def test_the_data_of_a_renamed_table_goes_by_the_look_of_its_first_owner() -> None:
    first = made(100)
    renamed = ("shop", "renamed")
    catalog = Catalog({"renamed": table("renamed", f"{ROOT}/{first}")})

    def looked(**marks: float) -> list[dict[str, Any]]:
        """What a run removes that builds the table under its old name."""
        old = old_versions(catalog)
        old.new_location(ORDERS, ROOT)
        old.take()
        old.found(listing(first, **marks))
        return old.take(last=True)

    assert looked() == []
    old = old_versions(catalog)
    old.remove_later({"root": ROOT, "folders": [first], "replaced": list(renamed)})
    assert old.take(last=True) == []
    del catalog.contents["renamed"]
    catalog.contents["orders"] = table("orders", f"{ROOT}/{made(1)}")
    assert looked() == [{"root": ROOT, "folders": [], "unmark": [], "mark": [first]}]
    assert looked(**{first: 3700.0}) == [
        {"root": ROOT, "folders": [first], "unmark": [first], "mark": []}
    ]


def test_many_do_not_wait_for_the_end_of_a_run() -> None:
    old = old_versions(Catalog({}))
    old.new_location(ORDERS, ROOT)
    old.take()
    names = [made(100 + n) for n in range(30)]
    old.found(listing(*names, **dict.fromkeys(names, 7200.0)))
    (request,) = old.take()
    assert sorted(request["folders"]) == sorted(names)


def test_what_cannot_be_looked_up_stays() -> None:
    class Refusing(Catalog):
        def tables(self, database: str) -> Iterator[dict[str, Any]]:
            raise GlueApiError("denied", "AccessDeniedException")

    old = old_versions(Refusing({}), minutes=0)
    old.remove_later({"root": ROOT, "folders": [made(1)], "replaced": list(ORDERS)})
    assert old.take(last=True) == []


def test_no_answer_is_lost_for_what_was_seen_beside() -> None:
    def broken() -> list[str]:
        raise OSError("no network")

    old = OldVersions(lambda: Catalog({}), lambda: "aws 1 eu-west-1", Run(), broken, 60)  # type: ignore[arg-type,return-value]
    old.new_location(ORDERS, ROOT)
    old.take()
    old.found([{"root": ROOT}, {}])
    old.found(listing(made(100)))
    assert old.take(last=True) == []


def test_versions_stay_beside_a_migrated_table_once_they_are() -> None:
    old = old_versions(Catalog({}))
    old.note("shop", table("orders", ROOT))
    first = old.new_location(ORDERS, ROOT)
    assert first.startswith(f"{ROOT}__dbt_glue/v")
    old.note("shop", table("orders", first))
    assert old.new_location(ORDERS, ROOT).startswith(f"{ROOT}__dbt_glue/v")
    old.note("shop", table("orders", f"{ROOT}/{OLD}"))
    assert old.new_location(ORDERS, ROOT).startswith(f"{ROOT}/v")
