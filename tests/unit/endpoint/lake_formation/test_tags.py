"""LF-tags: kept, inherited, searched by, and gone with what they are on."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def tag(key: str, value: str) -> dict[str, Any]:
    return {"TagKey": key, "TagValues": [value]}


def pairs(tags: list[dict[str, Any]]) -> dict[str, str]:
    return {each["TagKey"]: each["TagValues"][0] for each in tags}


def present(answer: dict[str, Any]) -> set[str]:
    """The members of an answer; AWS leaves out what there is none of."""
    return answer.keys() - {"ResponseMetadata"}


def of_columns(found: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {each["Name"]: pairs(each["LFTags"]) for each in found["LFTagsOnColumns"]}


def test_tags_have_values(lake: Any, team: str) -> None:
    assert lake.get_lf_tag(TagKey=team.upper())["TagValues"] == ["data", "web"]
    lake.update_lf_tag(TagKey=team, TagValuesToAdd=["ops"], TagValuesToDelete=["web"])
    assert lake.get_lf_tag(TagKey=team)["TagValues"] == ["data", "ops"]
    lake.update_lf_tag(TagKey=team, TagValuesToAdd=["web"])
    with pytest.raises(lake.exceptions.EntityNotFoundException, match="gone"):
        lake.update_lf_tag(TagKey=team, TagValuesToDelete=["gone"])
    with pytest.raises(lake.exceptions.InvalidInputException, match="already exists"):
        lake.create_lf_tag(TagKey=team, TagValues=["x"])
    with pytest.raises(lake.exceptions.InvalidInputException, match="between one and 1,000"):
        lake.update_lf_tag(TagKey=team, TagValuesToDelete=["data", "ops", "web"])


def test_tags_are_listed_in_pages(lake: Any) -> None:
    keys = [f"listed{number}" for number in range(5)]
    for key in keys:
        lake.create_lf_tag(TagKey=key, TagValues=["x"])
    pages = list(lake.get_paginator("list_lf_tags").paginate(PaginationConfig={"PageSize": 2}))
    found = [each["TagKey"] for page in pages for each in page["LFTags"]]
    assert [key for key in found if key.startswith("listed")] == keys
    assert found == sorted(set(found))
    assert {len(page["LFTags"]) for page in pages[:-1]} == {2}
    assert lake.list_lf_tags(ResourceShareType="FOREIGN")["LFTags"] == []


def test_a_table_has_its_databases_tags_and_a_column_its_own(
    lake: Any, team: str, table: dict[str, str]
) -> None:
    database = {"Database": {"Name": table["DatabaseName"].upper()}}
    column = {"TableWithColumns": {**table, "ColumnNames": ["B"]}}
    answer = lake.add_lf_tags_to_resource(Resource=database, LFTags=[tag(team, "Data")])
    assert answer["Failures"] == []
    lake.add_lf_tags_to_resource(Resource=column, LFTags=[tag(team, "web")])
    found = lake.get_resource_lf_tags(Resource={"Table": table})
    assert pairs(found["LFTagOnDatabase"]) == {team: "data"}
    assert pairs(found["LFTagsOnTable"]) == {team: "data"}
    assert of_columns(found) == {"a": {team: "data"}, "b": {team: "web"}, "k": {team: "data"}}
    only = lake.get_resource_lf_tags(Resource=column)
    assert present(only) == {"LFTagsOnColumns"}
    assert of_columns(only) == {"b": {team: "web"}}
    assigned = lake.get_resource_lf_tags(Resource={"Table": table}, ShowAssignedLFTags=True)
    assert pairs(assigned["LFTagOnDatabase"]) == {team: "data"}
    assert "LFTagsOnTable" not in assigned
    assert of_columns(assigned) == {"b": {team: "web"}}


def test_a_table_overrides_its_database(lake: Any, team: str, table: dict[str, str]) -> None:
    lake.add_lf_tags_to_resource(
        Resource={"Database": {"Name": table["DatabaseName"]}}, LFTags=[tag(team, "data")]
    )
    lake.add_lf_tags_to_resource(Resource={"Table": table}, LFTags=[tag(team, "web")])
    found = lake.get_resource_lf_tags(Resource={"Table": table})
    assert pairs(found["LFTagOnDatabase"]) == {team: "data"}
    assert pairs(found["LFTagsOnTable"]) == {team: "web"}
    assert set(map(str, of_columns(found).values())) == {str({team: "web"})}
    lake.remove_lf_tags_from_resource(Resource={"Table": table}, LFTags=[tag(team, "web")])
    found = lake.get_resource_lf_tags(Resource={"Table": table})
    assert pairs(found["LFTagsOnTable"]) == {team: "data"}


def test_a_tag_that_there_is_not_is_a_failure(lake: Any, team: str, table: dict[str, str]) -> None:
    resource = {"Table": table}
    tags = [tag("nobody", "x"), tag(team, "unknown"), tag(team, "web")]
    failures = lake.add_lf_tags_to_resource(Resource=resource, LFTags=tags)["Failures"]
    assert [(each["LFTag"]["TagKey"], each["Error"]["ErrorCode"]) for each in failures] == [
        ("nobody", "EntityNotFoundException"),
        (team, "EntityNotFoundException"),
    ]
    assert failures[0] == {
        "LFTag": {"CatalogId": "000000000000", **tag("nobody", "x")},
        "Error": {
            "ErrorCode": "EntityNotFoundException",
            "ErrorMessage": "Tag or tag value does not exist.",
        },
    }
    assert pairs(lake.get_resource_lf_tags(Resource=resource)["LFTagsOnTable"]) == {team: "web"}
    gone = lake.remove_lf_tags_from_resource(Resource=resource, LFTags=[tag(team, "web")])
    assert gone["Failures"] == []
    again = lake.remove_lf_tags_from_resource(Resource=resource, LFTags=[tag(team, "web")])
    assert [each["LFTag"]["TagKey"] for each in again["Failures"]] == [team]


def test_a_value_that_a_resource_has_stays(lake: Any, team: str, table: dict[str, str]) -> None:
    lake.add_lf_tags_to_resource(Resource={"Table": table}, LFTags=[tag(team, "web")])
    with pytest.raises(lake.exceptions.InvalidInputException, match="Update not allowed"):
        lake.update_lf_tag(TagKey=team, TagValuesToDelete=["web"])
    assert lake.get_lf_tag(TagKey=team)["TagValues"] == ["data", "web"]
    lake.remove_lf_tags_from_resource(Resource={"Table": table}, LFTags=[tag(team, "web")])
    lake.update_lf_tag(TagKey=team, TagValuesToDelete=["web"])
    assert lake.get_lf_tag(TagKey=team)["TagValues"] == ["data"]


def test_a_deleted_tag_is_on_nothing(
    lake: Any, team: str, table: dict[str, str], who: dict[str, str]
) -> None:
    lake.add_lf_tags_to_resource(Resource={"Table": table}, LFTags=[tag(team, "data")])
    resource = {"LFTag": tag(team, "data")}
    lake.grant_permissions(Principal=who, Resource=resource, Permissions=["ASSOCIATE"])
    lake.delete_lf_tag(TagKey=team)
    assert not present(lake.get_resource_lf_tags(Resource={"Table": table}))
    assert lake.list_permissions(Principal=who)["PrincipalResourcePermissions"] == []
    for call in (lake.get_lf_tag, lake.delete_lf_tag):
        with pytest.raises(lake.exceptions.EntityNotFoundException):
            call(TagKey=team)


def test_what_is_not_there_has_no_tags(lake: Any, team: str, table: dict[str, str]) -> None:
    for missing in (
        {"Database": {"Name": "nowhere"}},
        {"Table": {**table, "Name": "nothing"}},
        {"TableWithColumns": {**table, "ColumnNames": ["z"]}},
    ):
        with pytest.raises(lake.exceptions.EntityNotFoundException):
            lake.add_lf_tags_to_resource(Resource=missing, LFTags=[tag(team, "data")])
    every = {"Table": {"DatabaseName": table["DatabaseName"], "TableWildcard": {}}}
    location = {"DataLocation": {"ResourceArn": "arn:aws:s3:::b"}}
    columns = {"TableWithColumns": {**table, "ColumnWildcard": {}}}
    for untaggable, message in (
        (every, "LF-tags are of"),
        (location, "LF-tags are of"),
        (columns, "Must provide column names"),
    ):
        with pytest.raises(lake.exceptions.InvalidInputException, match=message):
            lake.add_lf_tags_to_resource(Resource=untaggable, LFTags=[tag(team, "data")])
    with pytest.raises(lake.exceptions.InvalidInputException, match="exactly one"):
        lake.get_resource_lf_tags(Resource={})


def test_tags_go_with_the_table_its_columns_and_its_database(
    glue: Any, lake: Any, team: str, table: dict[str, str]
) -> None:
    database = {"Database": {"Name": table["DatabaseName"]}}
    column = {"TableWithColumns": {**table, "ColumnNames": ["a"]}}
    for resource in (database, {"Table": table}, column):
        lake.add_lf_tags_to_resource(Resource=resource, LFTags=[tag(team, "data")])
    glue.update_table(DatabaseName=table["DatabaseName"], TableInput={"Name": "t"})
    found = lake.get_resource_lf_tags(Resource={"Table": table}, ShowAssignedLFTags=True)
    assert pairs(found["LFTagsOnTable"]) == {team: "data"}
    assert "LFTagsOnColumns" not in found
    glue.delete_table(DatabaseName=table["DatabaseName"], Name="t")
    glue.create_table(DatabaseName=table["DatabaseName"], TableInput={"Name": "t"})
    found = lake.get_resource_lf_tags(Resource={"Table": table}, ShowAssignedLFTags=True)
    assert present(found) == {"LFTagOnDatabase"}
    glue.delete_database(Name=table["DatabaseName"])
    glue.create_database(DatabaseInput={"Name": table["DatabaseName"]})
    assert not present(lake.get_resource_lf_tags(Resource=database))


def test_databases_and_tables_are_found_by_their_tags(
    glue: Any, lake: Any, team: str, table: dict[str, str]
) -> None:
    name = table["DatabaseName"]
    for other in ("u", "v", "w"):
        columns = {"Columns": [{"Name": "a"}, {"Name": "b"}]}
        glue.create_table(
            DatabaseName=name, TableInput={"Name": other, "StorageDescriptor": columns}
        )
    lake.create_lf_tag(TagKey=f"{team}2", TagValues=["x"])
    for resource, key, value in (
        ({"Database": {"Name": name}}, f"{team}2", "x"),
        ({"Table": {**table, "Name": "t"}}, team, "data"),
        ({"Table": {**table, "Name": "u"}}, team, "web"),
        ({"TableWithColumns": {**table, "Name": "v", "ColumnNames": ["b"]}}, team, "data"),
    ):
        lake.add_lf_tags_to_resource(Resource=resource, LFTags=[tag(key, value)])

    def tables(*expression: dict[str, Any]) -> list[str]:
        pages = lake.get_paginator("search_tables_by_lf_tags").paginate(
            Expression=list(expression), PaginationConfig={"PageSize": 1}
        )
        return [each["Table"]["Name"] for page in pages for each in page["TableList"]]

    assert tables(tag(team, "DATA")) == ["t", "v"]
    assert tables({"TagKey": team, "TagValues": ["data", "web"]}) == ["t", "u", "v"]
    assert tables(tag(f"{team}2", "x")) == ["t", "u", "v", "w"]
    assert tables(tag(f"{team}2", "x"), tag(team, "data")) == ["t", "v"]
    assert tables(tag(team, "*")) == ["t", "u", "v"]
    (found,) = [
        each
        for each in lake.search_tables_by_lf_tags(Expression=[tag(team, "data")])["TableList"]
        if each["Table"]["Name"] == "v"
    ]
    assert pairs(found["LFTagOnDatabase"]) == {f"{team}2": "x"}
    assert pairs(found["LFTagsOnTable"]) == {f"{team}2": "x"}
    assert of_columns(found)["b"] == {f"{team}2": "x", team: "data"}
    databases = lake.search_databases_by_lf_tags(Expression=[tag(f"{team}2", "x")])
    assert databases["DatabaseList"] == [
        {
            "Database": {"CatalogId": "000000000000", "Name": name},
            "LFTags": [{"CatalogId": "000000000000", **tag(f"{team}2", "x")}],
        }
    ]
    assert lake.search_databases_by_lf_tags(Expression=[tag(team, "web")])["DatabaseList"] == []
    with pytest.raises(lake.exceptions.EntityNotFoundException):
        tables(tag("nobody", "x"))


def test_what_is_not_served_is_refused_by_its_name(lake: Any) -> None:
    with pytest.raises(ClientError, match="does not serve lakeformation:ListLakeFormationOptIns"):
        lake.list_lake_formation_opt_ins()
