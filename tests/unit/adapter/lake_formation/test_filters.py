"""Data cells filters: made, changed and deleted as configs say, and only where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.knowledge.lake_formation import Filters, filters_of

from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.lake_formation.filters import apply_filters

if TYPE_CHECKING:
    from dbt.adapters.glue.lake_formation.calls import LakeTable
    from tests.unit.adapter.lake_formation.conftest import Lake

ANN, BOB = (f"arn:aws:iam::000000000000:user/{name}" for name in ("ann", "bob"))
LISTS = ["ListDataCellsFilter", "ListPermissions"]


def wanted(drop_existing: bool = False, **filters: Any) -> Filters:
    cells = {"enabled": True, "drop_existing": drop_existing, "filters": filters}
    found = filters_of({"data_cell_filters": cells})
    assert found is not None
    return found


def there(lake: Lake, table: LakeTable) -> dict[str, tuple[Any, ...]]:
    """Rows, columns, excluded columns and readers of each filter, as the endpoint has them."""
    found = {}
    for each in lake.filters(table):
        entries = lake.permissions({"DataCellsFilter": table.cells(each["Name"])})
        readers = sorted(entry["Principal"]["DataLakePrincipalIdentifier"] for entry in entries)
        found[each["Name"]] = (
            each["RowFilter"],
            each.get("ColumnNames"),
            each.get("ColumnWildcard"),
            [reader.rpartition("/")[2] for reader in readers],
        )
    lake.called()
    return found


def test_filters_are_made_once(lake: Lake, table: LakeTable) -> None:
    filters = wanted(
        few={
            "row_filter": "a > 1 and b <> 'it''s'",
            "principals": [ANN],
            "column_names": ["B", "a"],
        },
        most={"row_filter": "a > 1", "excluded_column_names": "c", "principals": [ANN, BOB]},
        columns={"column_names": ["a"]},
        rows={"row_filter": "b = 2"},
    )
    told = apply_filters(lake, table, filters)
    assert lake.called() == [
        "ListDataCellsFilter",
        *["CreateDataCellsFilter"] * 4,
        "BatchGrantPermissions",
    ]
    assert told[0] == f"made the filter few of {table}"
    assert told[-1] == f"granted the filter most of {table} to {BOB}"
    every = {"FilterExpression": "TRUE", "AllRowsWildcard": {}}
    assert there(lake, table) == {
        "few": ({"FilterExpression": "a > 1 and b <> 'it''s'"}, ["b", "a"], None, ["ann"]),
        "most": ({"FilterExpression": "a > 1"}, None, {"ExcludedColumnNames": ["c"]}, ["ann", "bob"]),
        "columns": (every, ["a"], None, []),
        "rows": ({"FilterExpression": "b = 2"}, None, {}, []),
    }  # fmt: skip
    assert apply_filters(lake, table, filters) == []
    assert lake.called() == ["ListDataCellsFilter", *["ListPermissions"] * 4]


def test_a_filter_is_changed_where_it_differs(lake: Lake, table: LakeTable) -> None:
    apply_filters(lake, table, wanted(f={"row_filter": "a > 1", "principals": [ANN]}))
    lake.called()
    told = apply_filters(lake, table, wanted(f={"row_filter": "TRUE", "principals": [BOB]}))
    # Nobody reads for a moment what is meant for somebody else.
    assert lake.called() == [
        *LISTS,
        "BatchRevokePermissions",
        "UpdateDataCellsFilter",
        "BatchGrantPermissions",
    ]
    assert told == [
        f"revoked the filter f of {table} from {ANN}",
        f"changed the filter f of {table}",
        f"granted the filter f of {table} to {BOB}",
    ]
    assert apply_filters(lake, table, wanted(f={"row_filter": "true", "principals": BOB})) == []


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"column_names": ["a", "b"]}, {"column_names": ["a"]}),
        ({"column_names": ["a"]}, {"excluded_column_names": ["a"]}),
        ({"row_filter": "a = 1", "column_names": ["a"]}, {"row_filter": "a = 1"}),
        ({"row_filter": "a = 1"}, {"row_filter": "A = 1"}),
    ],
)
def test_every_part_of_a_filter_counts(
    lake: Lake, table: LakeTable, first: dict[str, Any], then: dict[str, Any]
) -> None:
    apply_filters(lake, table, wanted(f=first))
    assert apply_filters(lake, table, wanted(f=then)) == [f"changed the filter f of {table}"]
    assert apply_filters(lake, table, wanted(f=then)) == []


def test_other_filters_stay_unless_they_are_to_be_dropped(lake: Lake, table: LakeTable) -> None:
    apply_filters(lake, table, wanted(f={"row_filter": "a = 1", "principals": [ANN]}))
    assert apply_filters(lake, table, wanted(g={"row_filter": "b = 1"})) == [
        f"made the filter g of {table}"
    ]
    dropping = wanted(drop_existing=True, g={"row_filter": "b = 1"})
    assert apply_filters(lake, table, dropping) == [f"deleted the filter f of {table}"]
    assert list(there(lake, table)) == ["g"]
    assert apply_filters(lake, table, wanted(drop_existing=True))
    assert there(lake, table) == {}


def test_who_may_grant_a_filter_on_keeps_it(lake: Lake, table: LakeTable) -> None:
    filters = wanted(f={"row_filter": "a = 1"})
    apply_filters(lake, table, filters)
    lake.api.grant_permissions(
        Principal={"DataLakePrincipalIdentifier": ANN},
        Resource={"DataCellsFilter": table.cells("f")},
        Permissions=["SELECT"],
        PermissionsWithGrantOption=["SELECT"],
    )
    assert apply_filters(lake, table, filters) == []
    assert there(lake, table)["f"][-1] == ["ann"]


def test_a_filter_that_was_changed_by_somebody_in_between_is_an_error(
    lake: Lake, table: LakeTable
) -> None:
    apply_filters(lake, table, wanted(f={"row_filter": "a = 1"}))
    lake.faults["UpdateDataCellsFilter"] = ("ConcurrentModificationException", "It has version 2")
    with pytest.raises(GlueApiError, match="UpdateDataCellsFilter of the filter f failed"):
        apply_filters(lake, table, wanted(f={"row_filter": "a = 2"}))
    assert apply_filters(lake, table, wanted(f={"row_filter": "a = 2"}))


def test_a_column_that_the_table_lacks_is_an_error(lake: Lake, table: LakeTable) -> None:
    with pytest.raises(GlueApiError, match="Column d not found"):
        apply_filters(lake, table, wanted(f={"column_names": ["d"]}))
