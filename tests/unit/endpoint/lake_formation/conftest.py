"""A table to tag, to grant on and to filter, and somebody to grant it to."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

_NUMBERS = itertools.count()


@pytest.fixture
def table(glue: Any, database: str) -> dict[str, str]:
    """A table with the columns a, b and, by which it is partitioned, k."""
    columns = [{"Name": "a", "Type": "int"}, {"Name": "b", "Type": "int"}]
    given = {
        "Name": "t",
        "StorageDescriptor": {"Columns": columns},
        "PartitionKeys": [{"Name": "k"}],
    }
    glue.create_table(DatabaseName=database, TableInput=given)
    return {"DatabaseName": database, "Name": "t"}


@pytest.fixture
def team(lake: Any) -> str:
    """A tag of its own with the values data and web."""
    key = f"team{next(_NUMBERS)}"
    lake.create_lf_tag(TagKey=key.upper(), TagValues=["Data", "web"])
    return key


@pytest.fixture
def who() -> dict[str, str]:
    """A principal that has no permissions yet."""
    return {"DataLakePrincipalIdentifier": f"arn:aws:iam::000000000000:role/r{next(_NUMBERS)}"}
