"""What the adapter declares that it can do: dbt's suites of it, and the catalog of one relation beside that of all."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from dbt.adapters.capability import Capability
from dbt.tests.adapter.basic.test_get_catalog_for_single_relation import (
    BaseGetCatalogForSingleRelation,
)
from dbt.tests.adapter.utils.test_source_freshness_custom_info import BaseCalculateFreshnessMethod
from dbt.tests.util import get_connection, run_dbt
from dbt_common.contracts.metadata import CatalogTable, ColumnMetadata, StatsItem, TableMetadata

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.spark

DECLARED = (
    Capability.SchemaMetadataByRelations,
    Capability.TableLastModifiedMetadata,
    Capability.TableLastModifiedMetadataBatch,
    Capability.GetCatalogForSingleRelation,
    Capability.MicrobatchConcurrency,
)


def _expected(name: str, kind: str, schema: str, columns: Mapping[str, str]) -> CatalogTable:
    has_stats = StatsItem(
        id="has_stats",
        label="Has Stats?",
        value=False,
        include=False,
        description="Indicates whether there are statistics for this table",
    )
    return CatalogTable(
        metadata=TableMetadata(kind, schema, name, owner=getpass.getuser()),
        columns={
            column: ColumnMetadata(data_type, index, column)
            for index, (column, data_type) in enumerate(columns.items(), start=1)
        },
        stats={"has_stats": has_stats},
    )


SEED = {
    "id": "bigint",
    "first_name": "string",
    "email": "string",
    "ip_address": "string",
    "updated_at": "timestamp",
}


class TestGetCatalogForSingleRelation(BaseGetCatalogForSingleRelation):
    dialect: ClassVar[str] = (
        "types of Spark; the owner is the user; statistics where the catalog has them"
    )

    @pytest.fixture(scope="class")
    def expected_catalog_my_seed(self, project: Any) -> CatalogTable:
        return _expected("my_seed", "table", project.test_schema, SEED)

    @pytest.fixture(scope="class")
    def expected_catalog_my_view_model(self, project: Any) -> CatalogTable:
        return _expected("my_view_model", "view", project.test_schema, SEED)

    def test_it_is_what_the_documentation_has(self, project: Any) -> None:
        """Of all relations, `dbt docs generate` tells the same; of what is not there, nothing is told."""
        assert all(project.adapter.supports(each) for each in DECLARED)
        run_dbt(["build"])
        run_dbt(["docs", "generate"])
        written = json.loads(Path(project.project_root, "target", "catalog.json").read_text())
        assert len(written["nodes"]) == 3
        with get_connection(project.adapter):
            for documented in written["nodes"].values():
                name = documented["metadata"]["name"]
                relation = project.adapter.get_relation(None, project.test_schema, name)
                found = project.adapter.get_catalog_for_single_relation(relation)
                assert found.to_dict() == {**documented, "unique_id": None}
            nowhere = relation.incorporate(path={"identifier": "nowhere"})
            assert project.adapter.get_catalog_for_single_relation(nowhere) is None


class TestCalculateFreshnessMethod(BaseCalculateFreshnessMethod):
    pass
