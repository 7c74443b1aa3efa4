"""dbt's own suites of tables, seeds, copies and descriptions, on each table format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.adapter.basic.test_base import BaseSimpleMaterializations
from dbt.tests.adapter.basic.test_table_materialization import BaseTableMaterialization
from dbt.tests.adapter.persist_docs.test_persist_docs import (
    BasePersistDocs,
    BasePersistDocsColumnMissing,
    BasePersistDocsCommentOnQuotedColumn,
)
from dbt.tests.adapter.python_model.test_python_model import (
    BasePythonIncrementalTests,
    BasePythonModelTests,
)
from dbt.tests.adapter.simple_copy.test_copy_uppercase import BaseSimpleCopyUppercase
from dbt.tests.adapter.simple_copy.test_simple_copy import EmptyModelsArentRunBase, SimpleCopyBase
from dbt.tests.adapter.simple_seed import seeds
from dbt.tests.adapter.simple_seed.test_seed import (
    BaseBasicSeedTests,
    BaseSeedConfigFullRefreshOn,
)

from tests.functional.conformance.on_format import OnFormat

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark


class TestSimpleMaterializations(OnFormat, BaseSimpleMaterializations):
    CONFIG = {"name": "base"}


class TestTableMaterialization(OnFormat, BaseTableMaterialization):
    pass


class TestPersistDocs(OnFormat, BasePersistDocs):
    CONFIG = {"models": {"test": {"+persist_docs": {"relation": True, "columns": True}}}}


class TestSimpleCopy(OnFormat, SimpleCopyBase):
    CONFIG = {"seeds": {"quote_columns": False}}

    def test_simple_copy_with_materialized_views(self) -> None:
        """Spark has no materialized views."""
        assert not hasattr(self, "create_materialized_view")


class TestEmptyModels(OnFormat, EmptyModelsArentRunBase):
    CONFIG = {"seeds": {"quote_columns": False}}


class TestPythonModel(OnFormat, BasePythonModelTests):
    pass


class TestPythonIncremental(OnFormat, BasePythonIncrementalTests):
    pass
