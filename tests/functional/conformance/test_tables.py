"""dbt's own suites of tables, seeds, copies, descriptions and Python models, on each table format."""

from __future__ import annotations

import pytest
from dbt.tests.adapter.basic.test_base import BaseSimpleMaterializations
from dbt.tests.adapter.basic.test_table_materialization import BaseTableMaterialization
from dbt.tests.adapter.persist_docs.test_persist_docs import (
    BasePersistDocs,
    BasePersistDocsCommentOnQuotedColumn,
)
from dbt.tests.adapter.python_model.test_python_model import (
    BasePythonIncrementalTests,
    BasePythonModelTests,
)
from dbt.tests.adapter.simple_copy.test_copy_uppercase import BaseSimpleCopyUppercase
from dbt.tests.adapter.simple_copy.test_simple_copy import EmptyModelsArentRunBase, SimpleCopyBase
from dbt.tests.adapter.simple_seed.test_seed import (
    BaseBasicSeedTests,
    BaseSeedConfigFullRefreshOn,
)

from tests.functional.conformance.on_format import OnFormat

pytestmark = pytest.mark.spark


class TestSimpleMaterializations(OnFormat, BaseSimpleMaterializations):
    pass


class TestTableMaterialization(OnFormat, BaseTableMaterialization):
    pass


class TestPersistDocs(OnFormat, BasePersistDocs):
    pass


class TestPersistDocsOnQuotedColumn(OnFormat, BasePersistDocsCommentOnQuotedColumn):
    pass


class TestSimpleCopy(OnFormat, SimpleCopyBase):
    test_simple_copy_with_materialized_views = None  # Spark has none


class TestSimpleCopyUppercase(OnFormat, BaseSimpleCopyUppercase):
    pass


class TestEmptyModels(OnFormat, EmptyModelsArentRunBase):
    pass


class TestSeeds(OnFormat, BaseBasicSeedTests):
    pass


class TestSeedsFullRefresh(OnFormat, BaseSeedConfigFullRefreshOn):
    pass


class TestPythonModel(OnFormat, BasePythonModelTests):
    pass


class TestPythonIncremental(OnFormat, BasePythonIncrementalTests):
    pass
