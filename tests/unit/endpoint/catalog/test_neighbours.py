"""What stands beside tables in the catalog: search, functions, connections, tags, and Lake Formation's questions."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def found(glue: Any, **request: Any) -> list[str]:
    pages = []
    while True:
        answer = glue.search_tables(CatalogId="222222222222", **request)
        pages += [each["Name"] for each in answer["TableList"]]
        if "NextToken" not in answer:
            return pages
        request["NextToken"] = answer["NextToken"]


@pytest.fixture(scope="module")
def shop(glue: Any) -> str:
    """A catalog of its own with customer-link, xx-link-yy and xxlinkyy."""
    own = {"CatalogId": "222222222222"}
    glue.create_database(**own, DatabaseInput={"Name": "shop"})
    for name in ("customer-link", "xx-link-yy", "xxlinkyy"):
        columns = [{"Name": f"{name}_id", "Type": "int", "Comment": "A Number"}]
        table = {"Name": name, "StorageDescriptor": {"Columns": columns}, "Owner": name[0]}
        glue.create_table(**own, DatabaseName="shop", TableInput=table)
    return "shop"


@pytest.mark.parametrize(
    ("request_body", "expected"),
    [
        ({"SearchText": "link"}, ["customer-link", "xx-link-yy", "xxlinkyy"]),
        ({"SearchText": "customer number"}, ["customer-link"]),
        ({"SearchText": '"xxlinkyy"'}, ["xxlinkyy"]),
        ({"SearchText": '"link"'}, []),
        ({"Filters": [{"Key": "Name", "Value": "link"}]}, ["customer-link", "xx-link-yy"]),
        ({"Filters": [{"Key": "Owner", "Value": "x"}], "MaxResults": 1}, ["xx-link-yy", "xxlinkyy"]),
        ({"Filters": [{"Key": "CreateTime", "Value": "0", "Comparator": "LESS_THAN"}]}, []),
        (
            {
                "Filters": [
                    {"Key": "CreateTime", "Value": "2020-01-01", "Comparator": "GREATER_THAN"}
                ],
                "SortCriteria": [{"FieldName": "Name", "Sort": "DESC"}],
            },
            ["xxlinkyy", "xx-link-yy", "customer-link"],
        ),
    ],
)  # fmt: skip
def test_search(glue: Any, shop: str, request_body: dict[str, Any], expected: list[str]) -> None:
    assert found(glue, **request_body) == expected


def test_search_says_which_time_it_cannot_read(glue: Any, shop: str) -> None:
    with pytest.raises(glue.exceptions.InvalidInputException, match="'soon' is no time"):
        found(glue, Filters=[{"Key": "UpdateTime", "Value": "soon"}])


def test_functions(glue: Any, database: str) -> None:
    where = {"DatabaseName": database}
    for name, kind in (
        ("Plus", "REGULAR_FUNCTION"),
        ("plenty", "AGGREGATE_FUNCTION"),
        ("minus", "REGULAR_FUNCTION"),
    ):
        given = {"FunctionName": name, "ClassName": "c", "FunctionType": kind}
        glue.create_user_defined_function(**where, FunctionInput=given)

    def listed(**request: Any) -> list[str]:
        pages = glue.get_paginator("get_user_defined_functions").paginate(
            **request, PaginationConfig={"PageSize": 1}
        )
        return [each["FunctionName"] for page in pages for each in page["UserDefinedFunctions"]]

    assert listed(**where, Pattern="pl*") == ["plenty", "plus"]
    assert listed(**where, Pattern="*", FunctionType="REGULAR_FUNCTION") == ["minus", "plus"]
    assert {"minus", "plenty", "plus"} <= set(listed(Pattern=".*"))
    glue.update_user_defined_function(
        **where, FunctionName="PLUS", FunctionInput={"FunctionName": "plus", "ClassName": "d"}
    )
    one = glue.get_user_defined_function(**where, FunctionName="plus")["UserDefinedFunction"]
    assert (one["ClassName"], "FunctionType" in one) == ("d", False)
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_user_defined_function(**where, FunctionInput={"FunctionName": "PLUS"})
    glue.delete_user_defined_function(**where, FunctionName="plus")
    with pytest.raises(glue.exceptions.EntityNotFoundException, match="Function plus not found"):
        glue.get_user_defined_function(**where, FunctionName="plus")


def test_connections_hide_their_passwords(glue: Any) -> None:
    properties = {"JDBC_CONNECTION_URL": "jdbc:x", "USERNAME": "u", "PASSWORD": "secret"}
    given = {
        "Name": "Warehouse",
        "ConnectionType": "JDBC",
        "MatchCriteria": ["m"],
        "ConnectionProperties": properties,
        "AuthenticationConfiguration": {
            "AuthenticationType": "BASIC",
            "BasicAuthenticationCredentials": {"Username": "u", "Password": "secret"},
        },
    }
    glue.create_connection(ConnectionInput=given)
    shown = glue.get_connection(Name="Warehouse")["Connection"]
    assert (shown["ConnectionProperties"], shown["Status"]) == (properties, "READY")
    assert shown["AuthenticationConfiguration"] == {"AuthenticationType": "BASIC"}
    hidden = glue.get_connection(Name="Warehouse", HidePassword=True)["Connection"]
    assert "secret" not in str(hidden)
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_connection(ConnectionInput=given)
    listed = glue.get_connections(Filter={"ConnectionType": "JDBC", "MatchCriteria": ["m"]})
    assert [each["Name"] for each in listed["ConnectionList"]] == ["Warehouse"]
    assert glue.get_connections(Filter={"ConnectionType": "KAFKA"})["ConnectionList"] == []
    glue.update_connection(Name="Warehouse", ConnectionInput={**given, "Description": "d"})
    answer = glue.batch_delete_connection(ConnectionNameList=["Warehouse", "absent"])
    assert (answer["Succeeded"], list(answer["Errors"])) == (["Warehouse"], ["absent"])
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_connection(Name="Warehouse")


def test_tags_of_any_resource(glue: Any, database: str) -> None:
    glue.create_database(DatabaseInput={"Name": f"{database}_tagged"}, Tags={"a": "1"})
    arn = f"arn:aws:glue:us-east-1:000000000000:database/{database}_tagged"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"a": "2", "b": "3"})
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"a": "2", "b": "3"}
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["a", "c"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"b": "3"}
    many = {str(number): "" for number in range(50)}
    with pytest.raises(glue.exceptions.InvalidInputException, match="at most 50"):
        glue.tag_resource(ResourceArn=arn, TagsToAdd=many)


def test_everything_is_authorised(glue: Any, database: str) -> None:
    table = {
        "Name": "t",
        "StorageDescriptor": {"Columns": [{"Name": "a"}]},
        "PartitionKeys": [{"Name": "k"}],
    }
    glue.create_table(DatabaseName=database, TableInput=table)
    where = {"DatabaseName": database, "TableName": "t"}
    glue.create_partition(**where, PartitionInput={"Values": ["v"]})
    who = {"CatalogId": "000000000000", "SupportedPermissionTypes": ["COLUMN_PERMISSION"]}
    answer = glue.get_unfiltered_table_metadata(**who, DatabaseName=database, Name="t")
    assert (answer["AuthorizedColumns"], answer["CellFilters"]) == (["a", "k"], [])
    assert answer["Table"] == glue.get_table(DatabaseName=database, Name="t")["Table"]
    one = glue.get_unfiltered_partition_metadata(**who, **where, PartitionValues=["v"])
    many = glue.get_unfiltered_partitions_metadata(**who, **where)["UnfilteredPartitions"]
    assert [each["Partition"] for each in many] == [one["Partition"]]
    assert many[0]["AuthorizedColumns"] == ["a", "k"]


def test_what_is_not_served_is_refused_by_its_name(glue: Any) -> None:
    with pytest.raises(ClientError, match="does not implement CreateCrawler") as caught:
        glue.create_crawler(Name="c", Role="r", Targets={})
    assert caught.value.response["Error"]["Code"] == "OperationNotSupportedException"
