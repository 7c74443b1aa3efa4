"""dbt's own suites of tables, seeds, copies and descriptions, on each table format."""

from __future__ import annotations

import pytest
from dbt.tests.adapter.basic.test_base import BaseSimpleMaterializations
from dbt.tests.adapter.basic.test_table_materialization import BaseTableMaterialization
from dbt.tests.adapter.persist_docs.test_persist_docs import (
    BasePersistDocs,
)
from dbt.tests.adapter.python_model.test_python_model import (
    BasePythonIncrementalTests,
    BasePythonModelTests,
)
from dbt.tests.adapter.simple_copy.test_simple_copy import EmptyModelsArentRunBase, SimpleCopyBase

from tests.functional.conformance.on_format import OnFormat

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
