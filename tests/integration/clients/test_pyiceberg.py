"""pyiceberg's GlueCatalog works on the endpoint's catalog and buckets, as it is."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.spark


def field(number: int, *, current: bool) -> dict[str, str]:
    """What pyiceberg writes at a column of Glue."""
    return {
        "iceberg.field.id": str(number),
        "iceberg.field.optional": "true",
        "iceberg.field.current": str(current).lower(),
    }


def test_a_table_from_its_creation_to_its_end(run_program: Any) -> None:
    found = run_program("pyiceberg_tables")
    one, two, three = (
        {"id": number, "label": label, "price": None}
        for number, label in ((1, "one"), (2, "two"), (3, "three"))
    )
    assert found["scans"] == {"s3fs": [two, three], "arrow": [one, one, two, three]}
    assert found["listed"] == [["pyiceberg_tables", "second"]]
    assert found["type"] == ["EXTERNAL_TABLE", "ICEBERG"]
    assert found["properties"] == {"owner": "tests"}
    assert found["columns"] == [
        {"Name": "id", "Type": "bigint", "Parameters": field(1, current=True)},
        {"Name": "label", "Type": "string", "Parameters": field(2, current=True)},
        {
            "Name": "price",
            "Type": "double",
            "Comment": "in euros",
            "Parameters": field(3, current=True),
        },
        {"Name": "name", "Type": "string", "Parameters": field(2, current=False)},
    ]
    assert found["left"] == []
    assert ["pyiceberg_tables"] not in found["namespaces"]
