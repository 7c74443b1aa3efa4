"""dbt's own suites of tables, seeds, copies, descriptions and Python models, on each table format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from dbt.tests.adapter.basic import test_table_materialization
from dbt.tests.adapter.basic.test_base import BaseSimpleMaterializations
from dbt.tests.adapter.basic.test_table_materialization import BaseTableMaterialization
from dbt.tests.adapter.persist_docs.fixtures import _DOCS__MY_FUN_DOCS
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
from dbt.tests.adapter.simple_seed import fixtures
from dbt.tests.adapter.simple_seed.test_seed import (
    BaseBasicSeedTests,
    BaseSeedConfigFullRefreshOn,
)

from tests.functional.conformance.on_format import HUDI, OnFormat, refused
from tests.local_target import local_target

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark


class TestSimpleMaterializations(OnFormat, BaseSimpleMaterializations):
    pass


class TestTableMaterialization(OnFormat, BaseTableMaterialization):
    dialect: ClassVar[str] = "`ref` where the suite writes the table's name"

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        """SQL that names a table itself names its catalog too: here dbt does it."""
        text = test_table_materialization.model_sql
        return {"materialized.sql": text.replace("{{ this.schema }}.seed", "{{ ref('seed') }}")}


class TestPersistDocs(OnFormat, BasePersistDocs):
    dialect: ClassVar[str] = (
        "comments of columns are one line of 255 characters in the Data Catalog"
    )

    def _assert_common_comments(self, *comments: str) -> None:
        """Glue's comments of columns are one line of 255 characters; those of files are whole beside them, in Spark's words."""
        whole = " ".join(_DOCS__MY_FUN_DOCS.split("%}")[1].split("{%")[0].split())
        for text in comments:
            if len(text) == 255 and "\n" not in text:
                assert any(text.endswith(whole[:length]) for length in range(50, len(whole)))
                text = whole
            super()._assert_common_comments(text.replace("-- ", "--\n"))  # type: ignore[no-untyped-call]


class TestPersistDocsOnQuotedColumn(OnFormat, BasePersistDocsCommentOnQuotedColumn):
    def test_quoted_column_comments(self, run_has_comments: Any, table_format: str) -> None:
        if table_format == HUDI:
            assert "2id: the name of a column of a Hudi table is one of Avro's" in refused("run")
        else:
            super().test_quoted_column_comments(run_has_comments)


class TestSimpleCopy(OnFormat, SimpleCopyBase):
    dialect: ClassVar[str] = "no materialized views"

    test_simple_copy_with_materialized_views = None  # type: ignore[assignment]  # Spark has none


class TestSimpleCopyUppercase(OnFormat, BaseSimpleCopyUppercase):
    dialect: ClassVar[str] = "the target is Glue's, where the suite brings another adapter's"

    @pytest.fixture(scope="class")
    def dbt_profile_target(self, endpoint: EndpointHandle, endpoint_dir: Path) -> dict[str, Any]:
        """The suite brings another adapter's."""
        return local_target(endpoint_dir)


class TestEmptyModels(OnFormat, EmptyModelsArentRunBase):
    pass


class NothingIsDropped(OnFormat):
    """A seed is replaced; what was made of it stays, where the suite's database drops it."""

    dialect: ClassVar[str] = "a view of a seed that is replaced stays"

    @pytest.fixture(scope="class")
    def models(self, table_format: str) -> dict[str, str]:
        """What is selected of a Hudi table by a star has Hudi's own columns, too, of which the suite knows nothing."""
        text = fixtures.models__downstream_from_seed_actual
        if table_format == HUDI:
            text = text.replace("*", "seed_id, first_name, email, ip_address, birthday")
        return {"models__downstream_from_seed_actual.sql": text}

    def _check_relation_end_state(self, run_result: Any, project: Any, exists: bool) -> None:
        super()._check_relation_end_state(run_result, project, exists=True)  # type: ignore[misc]


class TestSeeds(NothingIsDropped, BaseBasicSeedTests):
    pass


class TestSeedsFullRefresh(NothingIsDropped, BaseSeedConfigFullRefreshOn):
    pass


class TestPythonModel(OnFormat, BasePythonModelTests):
    pass


class TestPythonIncremental(OnFormat, BasePythonIncrementalTests):
    pass
