"""What the sessions' role is given in a database that a run has made: something only where it needs it."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.catalog import DataCatalog
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.impl import GlueAdapter
from dbt.adapters.glue.lake_formation.callers import Caller
from tests.unit.adapter.lake_formation.conftest import ACCOUNT

if TYPE_CHECKING:
    from tests.unit.adapter.lake_formation.conftest import Lake

ROLE = "arn:aws:iam::000000000000:role/sessions"
CALLER = "arn:aws:iam::000000000000:role/dbt-in-ci"
SESSION = "arn:aws:sts::000000000000:assumed-role/dbt-in-ci/run-1"
_NUMBERS = itertools.count()


def adapter_of(lake: Lake, **profile: Any) -> Any:
    """An adapter with a profile, a Data Catalog and a Lake Formation, and no dbt around it."""
    adapter: Any = GlueAdapter.__new__(GlueAdapter)
    given = {"schema": "s", "role_arn": ROLE, "region": "us-east-1", **profile}
    adapter.config = SimpleNamespace(credentials=GlueCredentials(**given))
    adapter.__dict__["data_catalog"] = DataCatalog(lambda: lake.glue)
    adapter.__dict__["lake_formation"] = lake
    adapter.__dict__["caller"] = Caller(ACCOUNT, SESSION)
    return adapter


def new_database(lake: Lake, **given: Any) -> str:
    name = f"new_{next(_NUMBERS)}"
    lake.glue.create_database(DatabaseInput={"Name": name, **given})
    lake.called()
    return name


def test_where_iam_decides_nothing_is_asked_for(lake: Lake) -> None:
    adapter_of(lake).let_sessions_build(new_database(lake))
    assert lake.called() == []


def test_where_lake_formation_decides_the_role_may_build(lake: Lake) -> None:
    name = new_database(lake, CreateTableDefaultPermissions=[])
    adapter_of(lake).let_sessions_build(name)
    assert lake.called() == ["BatchGrantPermissions"]
    (entry,) = lake.permissions({"Database": {"Name": name}})
    assert entry["Principal"] == {"DataLakePrincipalIdentifier": ROLE}
    assert "CREATE_TABLE" in entry["Permissions"]
    assert entry["PermissionsWithGrantOption"] == []


def test_the_caller_may_see_and_switch_what_sessions_make_there(lake: Lake) -> None:
    name = new_database(lake, CreateTableDefaultPermissions=[])
    lake.glue.create_table(DatabaseName=name, TableInput={"Name": "t"})
    adapter_of(lake).let_sessions_build(name)
    of_all = {"Table": {"DatabaseName": name, "TableWildcard": {}}}
    found = {
        entry["Principal"]["DataLakePrincipalIdentifier"]: set(entry["Permissions"])
        for entry in lake.permissions(of_all)
        if "Table" in entry["Resource"]
    }
    assert found[CALLER] == {"ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT"}


@pytest.mark.parametrize(
    "profile",
    [{"use_interactive_session_role_for_api_calls": True}, {"endpoint": "local", "role_arn": None}],
)
def test_who_made_the_database_itself_needs_nothing(lake: Lake, profile: dict[str, Any]) -> None:
    name = new_database(lake, CreateTableDefaultPermissions=[])
    adapter_of(lake, **profile).let_sessions_build(name)
    assert lake.called() == []


def test_what_cannot_be_granted_is_a_warning(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("dbt.adapters.glue.lake_formation_methods.logger.warning", told.append)
    name = new_database(lake, CreateTableDefaultPermissions=[])
    lake.faults["BatchGrantPermissions"] = ("AccessDeniedException", "Insufficient permissions")
    adapter_of(lake).let_sessions_build(name)
    (said,) = told
    assert f"was given no permissions of Lake Formation on the new database {name}" in said
    assert "Next: allow lakeformation:BatchGrantPermissions" in said
