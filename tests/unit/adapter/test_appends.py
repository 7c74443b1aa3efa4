"""Where rows that are to be added are staged, and which staged tables are taken for an earlier run's."""

from __future__ import annotations

from typing import Any

import pytest

from dbt.adapters.glue.appends import ADDED, INTO, Appends, Move, appended_name, place_for
from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.replacement import OWNER, new_version

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

    def touch_table(self, _database: str, _table: Any) -> bool:
        return True

    def update_table(self, _database: str, _table: Any) -> None:
        raise AssertionError

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
    appends = Appends(
        catalog,
        lambda *move: moved.append(move),
        lambda request: removed.extend(request["folders"]),
        lambda staged: data_location(staged).endswith(new),
    )
    appends.settle(TARGET, None)
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
