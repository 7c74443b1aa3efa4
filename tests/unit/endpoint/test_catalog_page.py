"""docs/catalog.md says of each operation whether it is served, and its clients' versions are those that are tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from glue_endpoint.api.tags import Tags
from glue_endpoint.api.wire import service_model
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.lake_formation import service as lake_formation
from glue_endpoint.s3_tables import service as s3_tables
from glue_endpoint.store.store import Store

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "catalog.md").read_text(encoding="utf-8")


def rows_below(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its own."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.fixture
def served(tmp_path: Path) -> dict[str, set[str]]:
    store = Store(tmp_path)
    found = {
        "Glue": {*Catalog(store).operations(), *Tags(store).operations()},
        "Lake Formation": {*lake_formation.READS, *lake_formation.WRITES},
        "S3 Tables": {*s3_tables.READS, *s3_tables.WRITES},
    }
    store.close()
    return found


@pytest.mark.parametrize(
    ("service", "model"),
    [("Glue", "glue"), ("Lake Formation", "lakeformation"), ("S3 Tables", "s3tables")],
)
def test_the_page_lists_what_is_served(
    served: dict[str, set[str]], service: str, model: str
) -> None:
    rows = rows_below(f"Operations of {service}")
    names = [row[0] for row in rows]
    assert len(set(names)) == len(names)
    assert set(names) <= set(service_model(model).operation_names)
    assert {row[0] for row in rows if row[1] == "served"} == served[service]
    assert {row[1] for row in rows} == {"served", "refused"}


def test_the_page_names_the_versions_that_are_tested() -> None:
    requirements = ROOT / "tests" / "integration" / "clients" / "requirements.txt"
    pinned = dict(re.findall(r"^(\S+)==([^\s;]+)", requirements.read_text(), re.MULTILINE))
    versions = {row[0]: row[1] for row in rows_below("Clients")}
    assert versions["pyiceberg"] == pinned["pyiceberg"]
    assert versions["AWS SDK for pandas (awswrangler)"] == pinned["awswrangler"]
    assert versions["AWS's Jupyter kernel (aws-glue-sessions)"] == pinned["aws-glue-sessions"]
