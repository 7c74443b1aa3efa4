"""Locations where a table can be built, and what is said of others, in a profile and in a node's configs."""

from __future__ import annotations

import pytest
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.locations import check_locations, location_problem
from dbt.adapters.glue.profile_fields import CHECKS


@pytest.mark.parametrize(
    "location",
    [
        "s3://b",
        "s3://b/",
        "s3://b/x",
        "s3a://b/x/y/",
        "hdfs://namenode:8020/x",
        "file:/x",
        "s3://b/.x/a..b",
    ],
)
def test_these_can_be_built(location: str) -> None:
    assert location_problem(location) is None
    check_locations({"custom_location": location, "meta": {"location": location}}, "orders")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("s3://b//x", "write s3://b/x"),
        ("s3://b/x//y/", "write s3://b/x/y/"),
        ("s3://b/x//", "write s3://b/x/"),
        ("file:///x", "must be written as Spark stores it: file:/x"),
        ("file:/x//y", "write file:/x/y"),
        ("s3:/b/x", "such as s3://bucket/folder/"),
        ("s3:///x", "such as s3://bucket/folder/"),
        ("s3://b/x/../y", "must not have `.` or `..`"),
        ("bucket/folder", "must be a location, such as s3://bucket/folder/"),
        ("s3://b/a b", "must be a location"),
    ],
)
def test_these_cannot(location: str, said: str) -> None:
    assert said in str(CHECKS["location"](location))
    for name in ("custom_location", "location", "location_root"):
        with pytest.raises(CompilationError, match=f"orders: {name} ") as refused:
            check_locations({name: location}, "orders")
        assert said in str(refused.value)


def test_a_word_of_meta_that_is_no_place_is_somebody_elses() -> None:
    check_locations({"meta": {"location": "Berlin"}}, "orders")
