"""Data cells filters as a node's `lf_grants` has them: which rows and columns of its table whom is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.lake_formation.calls import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glue_compiler.knowledge.lake_formation import CellFilter, Filters

    from dbt.adapters.glue.lake_formation.calls import LakeFormation, LakeTable

__all__ = ["apply_filters"]

SELECT = ("SELECT",)


def apply_filters(lake: LakeFormation, table: LakeTable, wanted: Filters) -> list[str]:
    """Makes a table's filters, and who reads by them, as they are to be; gives back what was changed, a sentence each.

    What takes away comes first: nobody reads by a filter that was widened for somebody else. A permission that was given
    with the grant option is somebody's who grants it on, and stays.
    """
    there = {str(each["Name"]): each for each in lake.filters(table)}
    told = []
    for name in sorted(there.keys() - wanted.filters.keys()) if wanted.drop_existing else ():
        lake.delete_filter(table.cells(name))
        told.append(f"deleted the filter {name} of {table}")
    revoked, granted = [], []
    for name, each in wanted.filters.items():
        resource = {"DataCellsFilter": table.cells(name)}
        readers = _readers(lake, resource) if name in there else {}
        for principal in sorted(readers.keys() - set(each.principals)):
            if not readers[principal]:
                revoked.append(Entry(principal, resource, SELECT))
                told.append(f"revoked the filter {name} of {table} from {principal}")
        granted += [
            (name, Entry(principal, resource, SELECT))
            for principal in each.principals
            if principal not in readers
        ]
    lake.revoke(revoked)
    for name, each in wanted.filters.items():
        data = {**table.cells(name), **_data(each)}
        if name not in there:
            lake.create_filter(data)
            told.append(f"made the filter {name} of {table}")
        elif _meaning(there[name]) != _meaning(data):
            version = there[name].get("VersionId")
            lake.update_filter({**data, "VersionId": version} if version else data)
            told.append(f"changed the filter {name} of {table}")
    lake.grant([entry for _, entry in granted])
    told += [
        f"granted the filter {name} of {table} to {entry.principal}" for name, entry in granted
    ]
    return told


def _readers(lake: LakeFormation, resource: dict[str, Any]) -> dict[str, bool]:
    """Who may SELECT by a filter, and whether they may grant it on."""
    return {
        str(each["Principal"]["DataLakePrincipalIdentifier"]): "SELECT"
        in (each.get("PermissionsWithGrantOption") or ())
        for each in lake.permissions(resource)
        if "SELECT" in (each.get("Permissions") or ())
    }


def _data(wanted: CellFilter) -> dict[str, Any]:
    rows: dict[str, Any] = {"AllRowsWildcard": {}}
    if wanted.rows is not None:
        rows = {"FilterExpression": wanted.rows}
    if wanted.columns is not None:
        return {"RowFilter": rows, "ColumnNames": list(wanted.columns)}
    wildcard = {"ExcludedColumnNames": list(wanted.excluded)} if wanted.excluded else {}
    return {"RowFilter": rows, "ColumnWildcard": wildcard}


def _meaning(data: Mapping[str, Any]) -> tuple[str | None, frozenset[str] | None, frozenset[str]]:
    """Rows, columns and excluded columns of a filter, however Lake Formation writes them.

    A filter of all rows is answered with the expression TRUE; one of columns may have an empty wildcard beside them.
    """
    rows = data.get("RowFilter") or {}
    expression = str(rows.get("FilterExpression") or "true").strip()
    names = data.get("ColumnNames")
    excluded = (data.get("ColumnWildcard") or {}).get("ExcludedColumnNames") or ()
    return (
        None if expression.lower() == "true" else expression,
        frozenset(name.lower() for name in names) if names else None,
        frozenset(name.lower() for name in excluded),
    )
