"""Permissions: what is missing is granted, what is not named revoked, and what is not dbt's left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.lake_formation.callers import same_principal
from dbt.adapters.glue.lake_formation.calls import Entry
from dbt.adapters.glue.lake_formation.databases import let_build
from dbt.adapters.glue.lake_formation.grants import apply_grants, granted

if TYPE_CHECKING:
    from dbt.adapters.glue.lake_formation.calls import LakeTable
    from tests.unit.adapter.lake_formation.conftest import Lake

ROLE = "arn:aws:iam::000000000000:role"
ANN, BOB, OWN = f"{ROLE}/ann", f"{ROLE}/bob", f"{ROLE}/dbt"
BY_IAM = "IAM_ALLOWED_PRINCIPALS"


def is_own(principal: str) -> bool:
    return principal == OWN


def apply(lake: Lake, table: LakeTable, revokes: bool = True, **grants: list[str]) -> list[str]:
    return apply_grants(lake, table, grants, is_own, revokes=revokes).told


def give(lake: Lake, principal: str, resource: dict[str, Any], *names: str, **more: Any) -> None:
    lake.api.grant_permissions(
        Principal={"DataLakePrincipalIdentifier": principal},
        Resource=resource,
        Permissions=names,
        **more,
    )
    lake.called()


def there(lake: Lake, table: LakeTable) -> list[tuple[str, str]]:
    found = list(granted(lake, table, is_own))
    lake.called()
    return found


def test_what_is_missing_is_granted_and_what_is_not_named_revoked(
    lake: Lake, table: LakeTable
) -> None:
    told = apply(lake, table, select=[ANN, BOB], insert=[ANN])
    assert lake.called() == ["ListPermissions", "BatchGrantPermissions"]
    assert told == [
        f"grant insert, select on {table} to {ANN}",
        f"grant select on {table} to {BOB}",
    ]
    assert there(lake, table) == [(ANN, "insert"), (ANN, "select"), (BOB, "select")]
    assert apply(lake, table, insert=[ANN], select=[BOB, ANN]) == []
    assert lake.called() == ["ListPermissions"]
    told = apply(lake, table, describe=[BOB], insert=[ANN], select=[])
    assert lake.called() == ["ListPermissions", "BatchRevokePermissions", "BatchGrantPermissions"]
    assert told == [
        f"revoke select on {table} from {ANN}",
        f"revoke select on {table} from {BOB}",
        f"grant describe on {table} to {BOB}",
    ]
    assert there(lake, table) == [(ANN, "insert"), (BOB, "describe")]


def test_a_new_table_is_only_granted_on(lake: Lake, table: LakeTable) -> None:
    give(lake, BOB, table.resource, "SELECT")
    assert apply(lake, table, revokes=False, select=[ANN]) == [f"grant select on {table} to {ANN}"]
    assert there(lake, table) == [(ANN, "select"), (BOB, "select")]


def test_what_is_not_decided_by_the_config_stays(lake: Lake, table: LakeTable) -> None:
    every = ["ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"]
    give(lake, BOB, table.resource, *every, PermissionsWithGrantOption=every)
    give(lake, OWN, table.resource, "SELECT", "INSERT")
    give(lake, BY_IAM, table.resource, "ALL")
    columns = {"TableWithColumns": {"DatabaseName": table.database, "Name": "t"}}
    some = {"TableWithColumns": {**columns["TableWithColumns"], "ColumnNames": ["a"]}}
    most = {
        "TableWithColumns": {
            **columns["TableWithColumns"],
            "ColumnWildcard": {"ExcludedColumnNames": ["a"]},
        }
    }
    give(lake, f"{ROLE}/some", some, "SELECT")
    give(lake, f"{ROLE}/most", most, "SELECT")
    give(
        lake,
        f"{ROLE}/all",
        {"Table": {"DatabaseName": table.database, "TableWildcard": {}}},
        "SELECT",
    )
    change = apply_grants(lake, table, {"select": [ANN, BOB]}, is_own)
    assert change == ([f"grant select on {table} to {ANN}"], True)
    assert there(lake, table) == [(ANN, "select")]
    left = {
        each["Principal"]["DataLakePrincipalIdentifier"]
        for each in lake.permissions(table.resource)
    }
    assert {BOB, OWN, BY_IAM, f"{ROLE}/some", f"{ROLE}/most"} <= left  # fmt: skip


def test_iams_group_can_be_named(lake: Lake, table: LakeTable) -> None:
    change = apply_grants(lake, table, {"all": [BY_IAM]}, is_own)
    assert change == ([f"grant all on {table} to {BY_IAM}"], False)
    assert apply_grants(lake, table, {"all": [BY_IAM]}, is_own) == ([], False)
    assert apply_grants(lake, table, {"select": []}, is_own) == ([], True)


def test_all_covers_the_others_and_takes_them_along(lake: Lake, table: LakeTable) -> None:
    give(
        lake, ANN, table.resource, "ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"
    )
    assert apply(lake, table, all=[ANN]) == []
    told = apply(lake, table, select=[ANN])
    # What goes with ALL is granted anew, whether it was listed beside it or not.
    assert told == [
        f"revoke all, alter, delete, describe, drop, insert on {table} from {ANN}",
        f"grant select on {table} to {ANN}",
    ]
    assert there(lake, table) == [(ANN, "select")]
    assert apply(lake, table, select=[ANN]) == []


def test_more_than_a_batch_takes_several_calls(lake: Lake, table: LakeTable) -> None:
    many = [f"{ROLE}/r{number:02}" for number in range(41)]
    assert len(apply(lake, table, select=many)) == 41
    assert lake.called().count("BatchGrantPermissions") == 3
    assert len(there(lake, table)) == 41


def test_what_fails_of_a_batch_is_an_error_with_the_principal(lake: Lake, table: LakeTable) -> None:
    missing = table._replace(name="gone")
    with pytest.raises(GlueApiError) as caught:
        apply(lake, missing, select=[ANN], insert=[ANN])
    assert "ListPermissions" in str(caught.value)
    lake.glue.delete_table(DatabaseName=table.database, Name="t")
    with pytest.raises(GlueApiError) as caught:
        lake.grant([Entry(ANN, table.resource, ("INSERT", "SELECT"))])
    assert f"insert, select cannot be granted to {ANN}: EntityNotFoundException" in str(
        caught.value
    )
    assert "Next:" in str(caught.value)


def test_what_others_change_just_now_is_asked_for_again(lake: Lake, table: LakeTable) -> None:
    lake.faults["BatchGrantPermissions"] = ("ConcurrentModificationException", "Modified just now")
    assert apply(lake, table, select=[ANN]) == [f"grant select on {table} to {ANN}"]
    assert lake.called() == ["ListPermissions", "BatchGrantPermissions"]
    assert not lake.faults
    assert there(lake, table) == [(ANN, "select")]


def test_of_a_batch_only_what_failed_is_asked_for_again(lake: Lake, table: LakeTable) -> None:
    busy = {"ErrorCode": "ConcurrentModificationException", "ErrorMessage": "Modified just now"}
    failure = {"RequestEntry": {"Id": "1"}, "Error": busy}
    lake.faults["BatchGrantPermissions"] = {"Failures": [failure]}
    apply(lake, table, select=[ANN, BOB])
    assert lake.called().count("BatchGrantPermissions") == 2
    assert there(lake, table) == [(BOB, "select")]


def test_a_roles_session_is_the_role(lake: Lake) -> None:
    session = "arn:aws:sts::000000000000:assumed-role/dbt/run-1"
    assert same_principal(OWN, session)
    assert same_principal(OWN.replace("role/", "role/teams/a/"), session)
    assert same_principal(OWN, OWN)
    assert not same_principal(ANN, session)
    assert not same_principal(OWN.replace("000000000000", "111111111111"), session)
    assert not same_principal(OWN, None)


def test_a_role_may_build_in_a_database(lake: Lake, table: LakeTable) -> None:
    let_build(lake, table.database, OWN, ANN)
    assert lake.called() == ["BatchGrantPermissions"]
    found = {
        (kind, *each["Permissions"])
        for each in lake.api.list_permissions(Principal={"DataLakePrincipalIdentifier": OWN})[
            "PrincipalResourcePermissions"
        ]
        for kind, given in each["Resource"].items()
        if table.database in (given.get("Name"), given.get("DatabaseName"))
    }
    assert found == {
        ("Database", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"),
        ("Table", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT"),
        ("TableWithColumns", "SELECT"),
    }
