"""Where the data of a table is, from what the Data Catalog shows of it."""

from __future__ import annotations

from typing import Any

import pytest

from dbt.adapters.glue.catalog import data_location

SPARK = {"Parameters": {"spark.sql.sources.provider": "json"}}


def storage(location: str | None, path: str | None = None) -> dict[str, Any]:
    serde = {} if path is None else {"SerdeInfo": {"Parameters": {"path": path}}}
    return {"StorageDescriptor": {**({} if location is None else {"Location": location}), **serde}}


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (None, ""),
        ({"Name": "of a view"}, ""),
        ({"Values": ["2026"]}, ""),
        ({"Values": ["2026"], "StorageDescriptor": None}, ""),
        (storage("s3://b/t"), "s3://b/t"),
        (storage("s3://b/t", "s3://of/another/tool"), "s3://b/t"),
        ({**SPARK, **storage("s3://b/t-__PLACEHOLDER__", "s3://b/true")}, "s3://b/true"),
        ({**SPARK, **storage("s3://b/t", "s3://b/true")}, "s3://b/true"),
        ({**SPARK, **storage("s3://b/t")}, "s3://b/t"),
        ({**SPARK, **storage(None)}, ""),
        (storage("s3://b/t-__PLACEHOLDER__", "s3://b/true"), "s3://b/true"),
    ],
)
def test_the_place_that_spark_reads(item: dict[str, Any] | None, place: str) -> None:
    assert data_location(item) == place
