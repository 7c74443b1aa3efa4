"""Permissions: added up, taken away, listed as AWS lists them, and gone with what they are on."""

from __future__ import annotations

from typing import Any

import pytest

CATALOG = "000000000000"


def entries(lake: Any, **request: Any) -> list[dict[str, Any]]:
    """The entries, those on tables before those on their columns."""
    found: list[dict[str, Any]] = lake.list_permissions(**request)["PrincipalResourcePermissions"]
    return sorted(found, key=lambda each: next(iter(each["Resource"])))


def listed(lake: Any, **request: Any) -> list[tuple[str, list[str]]]:
    """The kind of resource and the permissions of each entry."""
    found = lake.list_permissions(**request)["PrincipalResourcePermissions"]
    return [(next(iter(each["Resource"])), each["Permissions"]) for each in found]


def test_permissions_add_up_and_are_taken_away(
    lake: Any, table: dict[str, str], who: dict[str, str]
) -> None:
    what = {"Principal": who, "Resource": {"Table": {**table, "CatalogId": CATALOG}}}
    lake.grant_permissions(**what, Permissions=["DROP"])
    lake.grant_permissions(
        Principal=who,
        Resource={"Table": {**table, "Name": "T"}},
        Permissions=["INSERT", "DROP"],
        PermissionsWithGrantOption=["INSERT"],
    )
    (entry,) = lake.list_permissions(Resource={"Table": table})["PrincipalResourcePermissions"]
    assert entry["Resource"] == {"Table": {**table, "CatalogId": CATALOG}}
    assert (entry["Permissions"], entry["PermissionsWithGrantOption"]) == (
        ["DROP", "INSERT"],
        ["INSERT"],
    )
    lake.revoke_permissions(**what, Permissions=["INSERT"])
    (left,) = lake.list_permissions(**what)["PrincipalResourcePermissions"]
    assert (left["Permissions"], left["PermissionsWithGrantOption"]) == (["DROP"], [])
    with pytest.raises(lake.exceptions.InvalidInputException, match="does not have them"):
        lake.revoke_permissions(**what, Permissions=["DROP", "SELECT"])
    assert listed(lake, **what) == [("Table", ["DROP"])]
    lake.revoke_permissions(**what, Permissions=["DROP"])
    assert listed(lake, Resource={"Table": table}) == []


def test_select_on_a_table_is_listed_as_one_on_all_of_its_columns(
    lake: Any, table: dict[str, str], who: dict[str, str]
) -> None:
    what = {"Principal": who, "Resource": {"Table": table}}
    both = {"Permissions": ["SELECT", "DESCRIBE"], "PermissionsWithGrantOption": ["SELECT"]}
    lake.grant_permissions(**what, **both)
    found = entries(lake, Resource={"Table": table})
    assert [(e["Resource"], e["Permissions"], e["PermissionsWithGrantOption"]) for e in found] == [
        ({"Table": {"CatalogId": CATALOG, **table}}, ["DESCRIBE"], []),
        (
            {"TableWithColumns": {"CatalogId": CATALOG, **table, "ColumnWildcard": {}}},
            ["SELECT"],
            ["SELECT"],
        ),
    ]
    columns = {"TableWithColumns": {**table, "ColumnWildcard": {}}}
    lake.revoke_permissions(Principal=who, Resource=columns, Permissions=["SELECT"])
    lake.revoke_permissions(**what, Permissions=["DESCRIBE"])
    assert listed(lake, Principal=who) == []


def test_columns_of_a_table_are_listed_with_it(
    lake: Any, table: dict[str, str], who: dict[str, str]
) -> None:
    some = {"TableWithColumns": {**table, "ColumnNames": ["B", "a"]}}
    others = {"TableWithColumns": {**table, "ColumnWildcard": {"ExcludedColumnNames": ["k"]}}}
    for resource in (some, others):
        lake.grant_permissions(Principal=who, Resource=resource, Permissions=["SELECT"])
    found = lake.list_permissions(Resource={"Table": table})["PrincipalResourcePermissions"]
    shapes = [each["Resource"]["TableWithColumns"] for each in found]
    assert [shape.get("ColumnNames") for shape in shapes] == [["a", "b"], None]
    assert shapes[1]["ColumnWildcard"] == {"ExcludedColumnNames": ["k"]}
    same = {"TableWithColumns": {**table, "ColumnNames": ["a", "b"]}}
    lake.revoke_permissions(Principal=who, Resource=same, Permissions=["SELECT"])
    assert len(listed(lake, Principal=who)) == 1
    with pytest.raises(lake.exceptions.InvalidInputException, match="listed with those on its"):
        lake.list_permissions(Resource=same)
    with pytest.raises(lake.exceptions.EntityNotFoundException, match="Column z"):
        lake.grant_permissions(
            Principal=who,
            Resource={"TableWithColumns": {**table, "ColumnNames": ["z"]}},
            Permissions=["SELECT"],
        )


def test_all_tables_of_a_database_are_one_resource(
    lake: Any, table: dict[str, str], who: dict[str, str]
) -> None:
    every = {"Table": {"DatabaseName": table["DatabaseName"], "TableWildcard": {}}}
    lake.grant_permissions(Principal=who, Resource=every, Permissions=["SELECT", "ALTER"])
    found = entries(lake, Principal=who, Resource=every)
    where = {"CatalogId": CATALOG, **table, "Name": "ALL_TABLES"}
    assert [(each["Resource"], each["Permissions"]) for each in found] == [
        ({"Table": {**where, "TableWildcard": {}}}, ["ALTER"]),
        ({"TableWithColumns": {**where, "ColumnWildcard": {}}}, ["SELECT"]),
    ]
    assert listed(lake, Resource={"Table": table}) == []
    lake.revoke_permissions(Principal=who, Resource=every, Permissions=["SELECT", "ALTER"])
    assert listed(lake, Principal=who) == []
    for table_resource, message in (
        ({"DatabaseName": table["DatabaseName"]}, "cannot both be empty"),
        ({**table, "TableWildcard": {}}, "not both"),
    ):
        with pytest.raises(lake.exceptions.InvalidInputException, match=message):
            lake.grant_permissions(
                Principal=who, Resource={"Table": table_resource}, Permissions=["ALTER"]
            )


def test_every_kind_of_resource_is_granted_listed_and_revoked(
    lake: Any, table: dict[str, str], team: str, who: dict[str, str]
) -> None:
    database = table["DatabaseName"]
    where = {"DatabaseName": database, "TableName": "t", "Name": "Rows"}
    lake.create_data_cells_filter(
        TableData={
            **where,
            "TableCatalogId": CATALOG,
            "RowFilter": {"AllRowsWildcard": {}},
            "ColumnWildcard": {},
        }
    )
    condition = {"TagKey": team, "TagValues": ["data"]}
    policy = {"ResourceType": "TABLE", "Expression": [condition]}
    kinds: dict[str, tuple[dict[str, Any], str, str]] = {
        "Catalog": ({"Id": CATALOG}, "CREATE_DATABASE", "CATALOG"),
        "Database": ({"Name": database}, "CREATE_TABLE", "DATABASE"),
        "Table": (table, "INSERT", "TABLE"),
        "DataLocation": (
            {"ResourceArn": "arn:aws:s3:::bucket"},
            "DATA_LOCATION_ACCESS",
            "DATA_LOCATION",
        ),
        "DataCellsFilter": (where, "SELECT", ""),
        "LFTag": ({**condition, "TagKey": team.upper()}, "ASSOCIATE", "LF_TAG"),
        "LFTagPolicy": (policy, "SELECT", "LF_TAG_POLICY_TABLE"),
    }
    for kind, (given, permission, _) in kinds.items():
        lake.grant_permissions(Principal=who, Resource={kind: given}, Permissions=[permission])
    assert len(listed(lake, Principal=who)) == len(kinds)
    for kind, (given, permission, of_type) in kinds.items():
        entry = (kind, [permission])
        assert listed(lake, Principal=who, Resource={kind: given}) == [entry]
        if of_type:
            assert listed(lake, Principal=who, ResourceType=of_type) == [entry]
    assert listed(lake, Principal=who, ResourceType="LF_TAG_POLICY_DATABASE") == []
    assert listed(lake, Principal=who, ResourceType="LF_TAG_POLICY") == [
        ("LFTagPolicy", ["SELECT"])
    ]
    related = listed(lake, Resource={"Table": table}, IncludeRelated="TRUE")
    assert sorted(kind for kind, _ in related) == ["DataCellsFilter", "Table"]
    with pytest.raises(lake.exceptions.InvalidInputException, match="IncludeRelated"):
        lake.list_permissions(Principal=who, Resource={"Table": table}, IncludeRelated="TRUE")
    for kind, (given, permission, _) in kinds.items():
        lake.revoke_permissions(Principal=who, Resource={kind: given}, Permissions=[permission])
    assert listed(lake, Principal=who) == []


def test_a_permission_is_one_that_the_resource_has(
    lake: Any, table: dict[str, str], team: str, who: dict[str, str]
) -> None:
    columns = {**table, "ColumnNames": ["a"]}
    expression = [{"TagKey": team, "TagValues": ["data"]}]
    for resource, permission in (
        ({"Table": table}, "CREATE_TABLE"),
        ({"TableWithColumns": columns}, "INSERT"),
        ({"Database": {"Name": table["DatabaseName"]}}, "SELECT"),
        ({"DataLocation": {"ResourceArn": "arn:aws:s3:::b"}}, "ALL"),
        ({"LFTagPolicy": {"ResourceType": "DATABASE", "Expression": expression}}, "SELECT"),
    ):
        with pytest.raises(lake.exceptions.InvalidInputException, match=f"invalid: {permission}"):
            lake.grant_permissions(Principal=who, Resource=resource, Permissions=[permission])
    with pytest.raises(lake.exceptions.InvalidInputException, match="SELECT not granted"):
        lake.grant_permissions(
            Principal=who,
            Resource={"Table": table},
            Permissions=["INSERT"],
            PermissionsWithGrantOption=["SELECT"],
        )
    with pytest.raises(lake.exceptions.InvalidInputException, match="keeps nothing about a RLS"):
        lake.grant_permissions(
            Principal=who, Resource={"RLSPolicy": {"Name": "p"}}, Permissions=["SELECT"]
        )
    assert listed(lake, Principal=who) == []


def test_what_is_granted_on_is_there(
    lake: Any, table: dict[str, str], team: str, who: dict[str, str]
) -> None:
    unknown = {"TagKey": "nobody", "TagValues": ["x"]}
    for resource in (
        {"Database": {"Name": "nowhere"}},
        {"Table": {**table, "Name": "nothing"}},
        {"Table": {"DatabaseName": "nowhere", "TableWildcard": {}}},
        {"DataCellsFilter": {"DatabaseName": table["DatabaseName"], "TableName": "t", "Name": "f"}},
        {"LFTag": unknown},
        {"LFTag": {"TagKey": team, "TagValues": ["unknown"]}},
        {"LFTagPolicy": {"ResourceType": "TABLE", "Expression": [unknown]}},
    ):
        permission = "ASSOCIATE" if "LFTag" in resource else "DESCRIBE"
        with pytest.raises(lake.exceptions.EntityNotFoundException):
            lake.grant_permissions(Principal=who, Resource=resource, Permissions=[permission])
    with pytest.raises(lake.exceptions.InvalidInputException, match="Table nothing not found"):
        lake.list_permissions(Resource={"Table": {**table, "Name": "nothing"}})


def test_a_batch_grants_what_it_can(lake: Any, table: dict[str, str], who: dict[str, str]) -> None:
    asked = [
        {"Id": name, "Principal": who, "Resource": {"Table": {**table, "Name": name}}, "Permissions": ["ALL"]}
        for name in ("t", "absent")
    ]  # fmt: skip
    asked.append({"Id": "nobody", "Resource": {"Table": table}, "Permissions": ["ALL"]})
    for call in (lake.batch_grant_permissions, lake.batch_revoke_permissions):
        failures = call(Entries=asked)["Failures"]
        assert [(each["RequestEntry"]["Id"], each["Error"]["ErrorCode"]) for each in failures] == [
            ("absent", "EntityNotFoundException"),
            ("nobody", "InvalidInputException"),
        ]
        assert failures[0]["RequestEntry"] == asked[1]
    assert listed(lake, Principal=who) == []


def test_permissions_are_listed_by_kind_and_in_pages(
    lake: Any, table: dict[str, str], who: dict[str, str]
) -> None:
    for resource, permission in (
        ({"Database": {"Name": table["DatabaseName"]}}, "DESCRIBE"),
        ({"Table": table}, "DESCRIBE"),
        ({"TableWithColumns": {**table, "ColumnNames": ["a"]}}, "SELECT"),
        ({"DataLocation": {"ResourceArn": "arn:aws:s3:::bucket"}}, "DATA_LOCATION_ACCESS"),
    ):
        lake.grant_permissions(Principal=who, Resource=resource, Permissions=[permission])
    first = lake.list_permissions(Principal=who, MaxResults=3)
    rest = lake.list_permissions(Principal=who, NextToken=first["NextToken"])
    assert [len(page["PrincipalResourcePermissions"]) for page in (first, rest)] == [3, 1]
    assert "NextToken" not in rest
    assert len(listed(lake, Principal=who, ResourceType="TABLE")) == 2
    with pytest.raises(lake.exceptions.InvalidInputException, match="NextToken"):
        lake.list_permissions(NextToken="mine")


def test_permissions_go_with_what_they_are_on(
    glue: Any, lake: Any, table: dict[str, str], who: dict[str, str]
) -> None:
    name = table["DatabaseName"]
    every = {"Table": {"DatabaseName": name, "TableWildcard": {}}}
    for resource in ({"Database": {"Name": name}}, every, {"Table": table}):
        lake.grant_permissions(Principal=who, Resource=resource, Permissions=["DROP"])
    lake.grant_permissions(Principal=who, Resource={"Table": table}, Permissions=["SELECT"])
    glue.update_table(DatabaseName=name, TableInput={"Name": "t"})
    assert len(listed(lake, Principal=who)) == 4
    glue.delete_table(DatabaseName=name, Name="t")
    assert len(listed(lake, Principal=who)) == 2
    glue.delete_database(Name=name)
    assert listed(lake, Principal=who) == []


def test_tables_of_table_buckets_have_permissions_tags_and_filters(
    lake: Any, s3tables: Any, team: str, who: dict[str, str]
) -> None:
    arn = s3tables.create_table_bucket(name=f"{team}-bucket")["arn"]
    s3tables.create_namespace(tableBucketARN=arn, namespace=["d"])
    s3tables.create_table(tableBucketARN=arn, namespace="d", name="t", format="ICEBERG")
    short = f"s3tablescatalog/{team}-bucket"
    table = {"Table": {"CatalogId": short, "DatabaseName": "d", "Name": "t"}}
    lake.grant_permissions(Principal=who, Resource=table, Permissions=["DESCRIBE"])
    catalog = f"{CATALOG}:{short}"
    full = {"Table": {"CatalogId": catalog, "DatabaseName": "d", "Name": "t"}}
    (found,) = entries(lake, Principal=who, Resource=full)
    assert found["Resource"] == full
    tag = {"TagKey": team, "TagValues": ["data"]}
    assert lake.add_lf_tags_to_resource(Resource=table, LFTags=[tag])["Failures"] == []
    assert lake.get_resource_lf_tags(Resource=full)["LFTagsOnTable"][0]["TagKey"] == team
    where = {"TableCatalogId": short, "DatabaseName": "d", "TableName": "t", "Name": "f"}
    rows = {"RowFilter": {"AllRowsWildcard": {}}, "ColumnWildcard": {}}
    lake.create_data_cells_filter(TableData={**where, **rows})
    found = lake.get_data_cells_filter(**{**where, "TableCatalogId": catalog})["DataCellsFilter"]
    assert found["TableCatalogId"] == catalog
    s3tables.delete_table(tableBucketARN=arn, namespace="d", name="t")
    assert listed(lake, Principal=who) == []
