"""What a client gives is what it gets back, for anything that botocore's model allows."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.unit.endpoint.catalog.from_model import members, requests

_NUMBERS = itertools.count()
_DEFAULTS = ("CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions")
LAKE = "lakeformation"

anything = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@anything
@given(data=members("CreateDataCellsFilter", "TableData", service=LAKE))
def test_filters(glue: Any, lake: Any, data: dict[str, Any], table: dict[str, str]) -> None:
    data.pop("VersionId", None)
    data.pop("ColumnNames", None)
    data["ColumnWildcard"] = {"ExcludedColumnNames": ["a", "B"]}
    rows = {"AllRowsWildcard": {}, **data.get("RowFilter", {})}
    data["RowFilter"] = dict([rows.popitem()])
    where = {
        "TableCatalogId": "000000000000",
        "DatabaseName": table["DatabaseName"],
        "TableName": "t",
        "Name": f"{data['Name'][:200]}{next(_NUMBERS)}",
    }
    data.update(where)
    lake.create_data_cells_filter(TableData=data)
    found = lake.get_data_cells_filter(**where)["DataCellsFilter"]
    if "AllRowsWildcard" in data["RowFilter"]:
        assert found["RowFilter"].pop("FilterExpression") == "TRUE"
    assert {key: found[key] for key in data} == data
    assert found.keys() - data.keys() == {"VersionId"}
    lake.delete_data_cells_filter(**where)


@anything
@given(tag=requests("CreateLFTag", service=LAKE))
def test_tags(lake: Any, tag: dict[str, Any]) -> None:
    tag["TagKey"] = f"{tag['TagKey'][:100]}{next(_NUMBERS)}"
    lake.create_lf_tag(**tag)
    named = {key: value for key, value in tag.items() if key != "TagValues"}
    found = lake.get_lf_tag(**named)
    assert found["TagKey"] == tag["TagKey"].lower()
    assert found["TagValues"] == list(dict.fromkeys(v.lower() for v in tag["TagValues"]))
    assert found["CatalogId"] == tag.get("CatalogId", "000000000000")
    lake.delete_lf_tag(**named)


@anything
@given(given_settings=members("PutDataLakeSettings", "DataLakeSettings", service=LAKE))
def test_settings(lake: Any, given_settings: dict[str, Any]) -> None:
    data = {k: v for k, v in given_settings.items() if k not in (*_DEFAULTS, "Parameters")}
    lake.put_data_lake_settings(DataLakeSettings=data)
    found = lake.get_data_lake_settings()["DataLakeSettings"]
    assert {key: found[key] for key in data} == data
    assert all(found[key] == [] for key in found.keys() - data.keys())


@anything
@given(location=requests("RegisterResource", service=LAKE))
def test_locations(lake: Any, location: dict[str, Any]) -> None:
    arn = location["ResourceArn"] = f"arn:aws:s3:::{location['ResourceArn']}{next(_NUMBERS)}"
    location.pop("UseServiceLinkedRole", None)
    location.setdefault("RoleArn", "arn:aws:iam::000000000000:role/r")
    lake.register_resource(**location)
    found = lake.describe_resource(ResourceArn=arn)["ResourceInfo"]
    del found["LastModified"]
    assert found == location
    lake.deregister_resource(ResourceArn=arn)


@anything
@given(asked=requests("GrantPermissions", service=LAKE))
def test_permissions(lake: Any, asked: dict[str, Any]) -> None:
    """A location is the resource that has no other shape than what was given."""
    who = {"DataLakePrincipalIdentifier": f"{next(_NUMBERS)}"}
    resource = {"DataLocation": {"CatalogId": "0" * 12, "ResourceArn": f"arn:{next(_NUMBERS)}"}}
    access = ["DATA_LOCATION_ACCESS"]
    request = {"Principal": who, "Resource": resource, "Permissions": access}
    condition = {k: v for k, v in asked.items() if k == "Condition"}
    lake.grant_permissions(**request, **condition)
    (found,) = lake.list_permissions(Principal=who)["PrincipalResourcePermissions"]
    assert {key: found[key] for key in (*request, *condition)} == {**request, **condition}
    lake.revoke_permissions(**request)
    assert lake.list_permissions(Principal=who)["PrincipalResourcePermissions"] == []
