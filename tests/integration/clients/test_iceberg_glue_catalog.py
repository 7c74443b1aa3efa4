"""Iceberg's GlueCatalog and S3FileIO, as they come from Maven, work on the endpoint's catalog and buckets."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from glue_endpoint.folders import cache_folder

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]

VERSION = "1.10.0"
"""The newest for Spark 3.5 that has both jars (109 MB); Spark's Ivy fetches them once, into the user's cache."""


def test_tables_from_creation_to_drop_and_two_writers(run_program: Any) -> None:
    ivy = cache_folder() / "tests" / "ivy"
    found = run_program(
        "iceberg_glue_catalog", str(ivy), VERSION, python=sys.executable, timeout=500
    )
    assert found == {
        "merged": [[0, "0", None], [1, "one", None], [2, "2", None], [9, "nine", None]],
        "acknowledged": 8,
        "counted": [[1, 4], [2, 4]],
        "folders": ["s3://clients/iceberg/ice.db/counted/data"],
        "tables": ["counted", "empty", "renamed"],
        "left": [],
    }
