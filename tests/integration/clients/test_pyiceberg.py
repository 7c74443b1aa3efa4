"""pyiceberg with its GlueCatalog works on the endpoint's catalog and buckets."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.spark


def test_tables_from_creation_to_drop(run_program: Any) -> None:
    found = run_program("pyiceberg_tables", WAREHOUSE="s3://pyiceberg/warehouse")
    assert found["rows"] == []
