"""The data lake's settings and registered locations."""

from __future__ import annotations

from typing import Any

import pytest

ROLE = "arn:aws:iam::000000000000:role/data"
BY_IAM = [
    {
        "Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        "Permissions": ["ALL"],
    }
]


def test_settings_are_replaced_as_a_whole(lake: Any) -> None:
    catalog = {"CatalogId": "111111111111"}
    first = lake.get_data_lake_settings(**catalog)["DataLakeSettings"]
    assert first["CreateTableDefaultPermissions"] == BY_IAM
    assert first["DataLakeAdmins"] == []
    admins = [{"DataLakePrincipalIdentifier": ROLE}]
    given = {"DataLakeAdmins": admins, "Parameters": {"CROSS_ACCOUNT_VERSION": "4"}}
    lake.put_data_lake_settings(**catalog, DataLakeSettings=given)
    found = lake.get_data_lake_settings(**catalog)["DataLakeSettings"]
    assert {key: found[key] for key in given} == given
    assert found["CreateTableDefaultPermissions"] == []
    lake.put_data_lake_settings(
        **catalog, DataLakeSettings={"CreateTableDefaultPermissions": BY_IAM}
    )
    found = lake.get_data_lake_settings(**catalog)["DataLakeSettings"]
    assert (found["DataLakeAdmins"], found["CreateTableDefaultPermissions"]) == ([], BY_IAM)


def test_settings_that_aws_does_not_permit(lake: Any) -> None:
    someone = [{"Principal": {"DataLakePrincipalIdentifier": ROLE}, "Permissions": ["ALL"]}]
    for given, message in (
        ({"CreateDatabaseDefaultPermissions": someone}, "IAM_ALLOWED_PRINCIPALS alone"),
        ({"Parameters": {"CROSS_ACCOUNT_VERSION": "9"}}, "CROSS_ACCOUNT_VERSION=9"),
        ({"Parameters": {"COLOUR": "red"}}, "COLOUR=red"),
    ):
        with pytest.raises(lake.exceptions.InvalidInputException, match=message):
            lake.put_data_lake_settings(DataLakeSettings=given)


def test_locations_are_registered_with_a_role(lake: Any) -> None:
    arn = {"ResourceArn": "arn:aws:s3:::registered/path"}
    lake.register_resource(**arn, RoleArn=ROLE, HybridAccessEnabled=True)
    with pytest.raises(lake.exceptions.AlreadyExistsException):
        lake.register_resource(**arn, UseServiceLinkedRole=True)
    found = lake.describe_resource(**arn)["ResourceInfo"]
    assert found.pop("LastModified").year > 2000
    assert found == {**arn, "RoleArn": ROLE, "HybridAccessEnabled": True}
    lake.update_resource(**arn, RoleArn=f"{ROLE}2", HybridAccessEnabled=False)
    found = lake.describe_resource(**arn)["ResourceInfo"]
    assert (found["RoleArn"], found["HybridAccessEnabled"]) == (f"{ROLE}2", False)
    lake.deregister_resource(**arn)
    for call, more in (
        (lake.describe_resource, {}),
        (lake.deregister_resource, {}),
        (lake.update_resource, {"RoleArn": ROLE}),
    ):
        with pytest.raises(lake.exceptions.EntityNotFoundException):
            call(**arn, **more)


def test_a_location_needs_a_role_and_an_arn(lake: Any) -> None:
    arn = "arn:aws:s3:::needy"
    for request in (
        {"ResourceArn": arn},
        {"ResourceArn": arn, "UseServiceLinkedRole": True, "RoleArn": ROLE},
        {"ResourceArn": "s3://needy", "RoleArn": ROLE},
    ):
        with pytest.raises(lake.exceptions.InvalidInputException):
            lake.register_resource(**request)
    lake.register_resource(ResourceArn=arn, UseServiceLinkedRole=True)
    role = lake.describe_resource(ResourceArn=arn)["ResourceInfo"]["RoleArn"]
    assert role.endswith(":role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess")  # fmt: skip


def test_locations_are_listed_by_condition_and_in_pages(lake: Any) -> None:
    arns = [f"arn:aws:s3:::many/{name}" for name in "abc"]
    for arn in arns:
        lake.register_resource(ResourceArn=arn, RoleArn=ROLE)

    def found(operator: str, *values: str, field: str = "RESOURCE_ARN") -> list[str]:
        condition = {
            "Field": field,
            "ComparisonOperator": operator,
            "StringValueList": list(values),
        }
        listed: list[str] = []
        request: dict[str, Any] = {"FilterConditionList": [condition], "MaxResults": 1}
        while True:
            page = lake.list_resources(**request)
            listed += [each["ResourceArn"] for each in page["ResourceInfoList"]]
            if "NextToken" not in page:
                return [arn for arn in listed if "many/" in arn]
            request["NextToken"] = page["NextToken"]

    assert found("BEGINS_WITH", "arn:aws:s3:::many") == arns
    assert found("EQ", arns[1]) == [arns[1]]
    assert found("NE", arns[1]) == [arns[0], arns[2]]
    assert found("IN", arns[0], arns[2]) == [arns[0], arns[2]]
    assert found("BETWEEN", arns[0], arns[1]) == arns[:2]
    assert (found("GT", arns[1]), found("GE", arns[1])) == (arns[2:], arns[1:])
    assert (found("LT", arns[1]), found("LE", arns[1])) == (arns[:1], arns[:2])
    assert found("CONTAINS", "role/data", field="ROLE_ARN") == arns
    assert found("NOT_CONTAINS", "many/a") == arns[1:]
    with pytest.raises(lake.exceptions.InvalidInputException, match="RESOURCE_ARN or ROLE_ARN"):
        found("GT", "2020-01-01", field="LAST_MODIFIED")
