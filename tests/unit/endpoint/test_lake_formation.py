"""Lake Formation: tags, permissions and filters are kept, and go with what they are about."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

CATALOG = "000000000000"
COLUMNS = [{"Name": "a", "Type": "int"}, {"Name": "b", "Type": "int"}]


@pytest.fixture
def table(glue: Any, database: str) -> dict[str, str]:
    """A table with the columns a, b and, by which it is partitioned, k."""
    given = {
        "Name": "t",
        "StorageDescriptor": {"Columns": COLUMNS},
        "PartitionKeys": [{"Name": "k"}],
    }
    glue.create_table(DatabaseName=database, TableInput=given)
    return {"DatabaseName": database, "Name": "t"}


@pytest.fixture(scope="module")
def team(lake: Any) -> str:
    """A tag with the values data and web."""
    lake.create_lf_tag(TagKey="Team", TagValues=["Data", "web"])
    return "team"


def tag(key: str, value: str) -> dict[str, Any]:
    return {"TagKey": key, "TagValues": [value]}


def pairs(tags: list[dict[str, Any]]) -> dict[str, str]:
    return {each["TagKey"]: each["TagValues"][0] for each in tags}


def granted(lake: Any, **request: Any) -> list[list[str]]:
    found = lake.list_permissions(**request)["PrincipalResourcePermissions"]
    return [each["Permissions"] for each in found]


# -- tags ------------------------------------------------------------------------------------------


def test_tags_have_values(lake: Any, team: str) -> None:
    assert lake.get_lf_tag(TagKey="TEAM")["TagValues"] == ["data", "web"]
    lake.update_lf_tag(TagKey=team, TagValuesToAdd=["ops"], TagValuesToDelete=["web"])
    assert lake.get_lf_tag(TagKey=team)["TagValues"] == ["data", "ops"]
    lake.update_lf_tag(TagKey=team, TagValuesToAdd=["web"])
    with pytest.raises(lake.exceptions.EntityNotFoundException, match="gone"):
        lake.update_lf_tag(TagKey=team, TagValuesToDelete=["gone"])
    with pytest.raises(lake.exceptions.InvalidInputException, match="already exists"):
        lake.create_lf_tag(TagKey=team, TagValues=["x"])
    assert {"team"} == {each["TagKey"] for each in lake.list_lf_tags()["LFTags"]}


def test_a_table_has_its_databases_tags_and_a_column_its_own(
    lake: Any, team: str, table: dict[str, str]
) -> None:
    database = {"Database": {"Name": table["DatabaseName"].upper()}}
    column = {"TableWithColumns": {**table, "ColumnNames": ["B"]}}
    answer = lake.add_lf_tags_to_resource(Resource=database, LFTags=[tag(team, "Data")])
    assert answer["Failures"] == []
    lake.add_lf_tags_to_resource(Resource=column, LFTags=[tag(team, "web")])
    found = lake.get_resource_lf_tags(Resource={"Table": table})
    assert pairs(found["LFTagOnDatabase"]) == {"team": "data"}
    assert pairs(found["LFTagsOnTable"]) == {"team": "data"}
    assert [(c["Name"], pairs(c["LFTags"])) for c in found["LFTagsOnColumns"]] == [
        ("b", {"team": "web"})
    ]
    own = lake.get_resource_lf_tags(Resource={"Table": table}, ShowAssignedLFTags=True)
    assert own["LFTagsOnTable"] == []


def test_a_tag_that_there_is_not_is_a_failure(lake: Any, team: str, table: dict[str, str]) -> None:
    resource = {"Table": table}
    tags = [tag("nobody", "x"), tag(team, "unknown"), tag(team, "web")]
    failures = lake.add_lf_tags_to_resource(Resource=resource, LFTags=tags)["Failures"]
    assert [(each["LFTag"]["TagKey"], each["Error"]["ErrorCode"]) for each in failures] == [
        ("nobody", "EntityNotFoundException"),
        ("team", "EntityNotFoundException"),
    ]
    assert pairs(lake.get_resource_lf_tags(Resource=resource)["LFTagsOnTable"]) == {"team": "web"}
    gone = lake.remove_lf_tags_from_resource(Resource=resource, LFTags=[tag(team, "web")])
    assert gone["Failures"] == []
    again = lake.remove_lf_tags_from_resource(Resource=resource, LFTags=[tag(team, "web")])
    assert [each["LFTag"]["TagKey"] for each in again["Failures"]] == ["team"]


def test_a_deleted_tag_is_on_nothing(lake: Any, table: dict[str, str]) -> None:
    lake.create_lf_tag(TagKey="short", TagValues=["lived"])
    lake.add_lf_tags_to_resource(Resource={"Table": table}, LFTags=[tag("short", "lived")])
    lake.delete_lf_tag(TagKey="short")
    assert lake.get_resource_lf_tags(Resource={"Table": table})["LFTagsOnTable"] == []
    with pytest.raises(lake.exceptions.EntityNotFoundException):
        lake.get_lf_tag(TagKey="short")


def test_what_is_not_there_has_no_tags(lake: Any, team: str, table: dict[str, str]) -> None:
    for missing in (
        {"Database": {"Name": "nowhere"}},
        {"Table": {**table, "Name": "nothing"}},
        {"TableWithColumns": {**table, "ColumnNames": ["z"]}},
    ):
        with pytest.raises(lake.exceptions.EntityNotFoundException):
            lake.add_lf_tags_to_resource(Resource=missing, LFTags=[tag(team, "data")])
    with pytest.raises(lake.exceptions.InvalidInputException, match="exactly one"):
        lake.get_resource_lf_tags(Resource={})


def test_tags_go_with_the_table(glue: Any, lake: Any, team: str, table: dict[str, str]) -> None:
    lake.add_lf_tags_to_resource(Resource={"Table": table}, LFTags=[tag(team, "data")])
    glue.update_table(DatabaseName=table["DatabaseName"], TableInput={"Name": "t"})
    assert lake.get_resource_lf_tags(Resource={"Table": table})["LFTagsOnTable"] != []
    glue.delete_table(DatabaseName=table["DatabaseName"], Name="t")
    glue.create_table(DatabaseName=table["DatabaseName"], TableInput={"Name": "t"})
    assert lake.get_resource_lf_tags(Resource={"Table": table})["LFTagsOnTable"] == []


# -- permissions -----------------------------------------------------------------------------------


def test_permissions_add_up_and_are_taken_away(lake: Any, table: dict[str, str]) -> None:
    who = {"DataLakePrincipalIdentifier": "arn:aws:iam::000000000000:role/r"}
    what = {"Principal": who, "Resource": {"Table": {**table, "CatalogId": CATALOG}}}
    lake.grant_permissions(**what, Permissions=["SELECT"])
    lake.grant_permissions(
        Principal=who,
        Resource={"Table": {**table, "Name": "T"}},
        Permissions=["INSERT", "SELECT"],
        PermissionsWithGrantOption=["INSERT"],
    )
    assert granted(lake, Resource={"Table": table}) == [["SELECT", "INSERT"]]
    lake.revoke_permissions(**what, Permissions=["INSERT"])
    (left,) = lake.list_permissions(**what)["PrincipalResourcePermissions"]
    assert (left["Permissions"], left["PermissionsWithGrantOption"]) == (["SELECT"], [])
    lake.revoke_permissions(**what, Permissions=["SELECT"])
    assert granted(lake, Resource={"Table": table}) == []
    with pytest.raises(lake.exceptions.InvalidInputException, match="does not have them"):
        lake.revoke_permissions(**what, Permissions=["SELECT"])


def test_a_batch_grants_what_it_can(lake: Any, table: dict[str, str]) -> None:
    who = {"DataLakePrincipalIdentifier": "arn:aws:iam::000000000000:role/batch"}
    entries = [
        {"Id": name, "Principal": who, "Resource": {"Table": {**table, "Name": name}}, "Permissions": ["ALL"]}
        for name in ("t", "absent")
    ]  # fmt: skip
    for call in (lake.batch_grant_permissions, lake.batch_revoke_permissions):
        failures = call(Entries=entries)["Failures"]
        assert [(each["RequestEntry"]["Id"], each["Error"]["ErrorCode"]) for each in failures] == [
            ("absent", "EntityNotFoundException")
        ]
    assert granted(lake, Principal=who) == []


def test_permissions_are_listed_by_kind_and_in_pages(lake: Any, table: dict[str, str]) -> None:
    who = {"DataLakePrincipalIdentifier": "arn:aws:iam::000000000000:role/lister"}
    resources = [
        {"Database": {"Name": table["DatabaseName"]}},
        {"Table": table},
        {"TableWithColumns": {**table, "ColumnNames": ["a"]}},
        {"DataLocation": {"ResourceArn": "arn:aws:s3:::bucket"}},
    ]
    for resource in resources:
        lake.grant_permissions(Principal=who, Resource=resource, Permissions=["DESCRIBE"])
    first = lake.list_permissions(Principal=who, MaxResults=3)
    rest = lake.list_permissions(Principal=who, NextToken=first["NextToken"])
    assert [len(page["PrincipalResourcePermissions"]) for page in (first, rest)] == [3, 1]
    assert len(granted(lake, Principal=who, ResourceType="TABLE")) == 2
    assert len(granted(lake, Principal=who, ResourceType="DATA_LOCATION")) == 1
    with pytest.raises(lake.exceptions.InvalidInputException, match="Table nothing not found"):
        granted(lake, Resource={"Table": {**table, "Name": "nothing"}})


# -- data cells filters ----------------------------------------------------------------------------


def test_filters_are_kept_with_a_version(glue: Any, lake: Any, table: dict[str, str]) -> None:
    where = {
        "TableCatalogId": CATALOG,
        "DatabaseName": table["DatabaseName"],
        "TableName": "t",
        "Name": "Mine",
    }
    data = {**where, "RowFilter": {"FilterExpression": "a = 1"}, "ColumnNames": ["a"]}
    lake.create_data_cells_filter(TableData=data)
    with pytest.raises(lake.exceptions.AlreadyExistsException):
        lake.create_data_cells_filter(TableData=data)
    first = lake.get_data_cells_filter(**where)["DataCellsFilter"]
    assert {key: first[key] for key in data} == data
    changed = {**data, "RowFilter": {"AllRowsWildcard": {}}, "VersionId": first["VersionId"]}
    lake.update_data_cells_filter(TableData=changed)
    with pytest.raises(lake.exceptions.ConcurrentModificationException):
        lake.update_data_cells_filter(TableData=changed)
    of = {"CatalogId": CATALOG, **table}
    (listed,) = lake.list_data_cells_filter(Table=of)["DataCellsFilters"]
    assert (listed["RowFilter"], listed["VersionId"] == first["VersionId"]) == (
        {"AllRowsWildcard": {}},
        False,
    )
    assert lake.list_data_cells_filter(Table={**of, "Name": "other"})["DataCellsFilters"] == []
    lake.delete_data_cells_filter(**where)
    with pytest.raises(lake.exceptions.EntityNotFoundException):
        lake.delete_data_cells_filter(**where)
    lake.create_data_cells_filter(TableData=data)
    glue.delete_table(DatabaseName=table["DatabaseName"], Name="t")
    assert lake.list_data_cells_filter(Table=of)["DataCellsFilters"] == []


def test_what_is_not_served_is_refused_by_its_name(lake: Any) -> None:
    with pytest.raises(ClientError, match="does not serve lakeformation:ListResources"):
        lake.list_resources()
