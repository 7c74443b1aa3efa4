"""dbt's own suite of basic behaviour, over boto3 and HTTP, on real Spark."""

from __future__ import annotations

import getpass
from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.basic.expected_catalog import (
    base_expected_catalog,
    expected_references_catalog,
)
from dbt.tests.adapter.basic.test_adapter_methods import BaseAdapterMethod
from dbt.tests.adapter.basic.test_base import BaseSimpleMaterializations
from dbt.tests.adapter.basic.test_docs_generate import BaseDocsGenerate, BaseDocsGenReferences
from dbt.tests.adapter.basic.test_empty import BaseEmpty
from dbt.tests.adapter.basic.test_ephemeral import BaseEphemeral
from dbt.tests.adapter.basic.test_generic_tests import BaseGenericTests
from dbt.tests.adapter.basic.test_incremental import BaseIncremental
from dbt.tests.adapter.basic.test_singular_tests import BaseSingularTests
from dbt.tests.adapter.basic.test_singular_tests_ephemeral import BaseSingularTestsEphemeral
from dbt.tests.adapter.basic.test_table_materialization import BaseTableMaterialization
from dbt.tests.adapter.basic.test_validate_connection import BaseValidateConnection

pytestmark = pytest.mark.spark


class TestSimpleMaterializations(BaseSimpleMaterializations):
    pass


class TestSingularTests(BaseSingularTests):
    pass


class TestSingularTestsEphemeral(BaseSingularTestsEphemeral):
    pass


class TestEmpty(BaseEmpty):
    pass


class TestEphemeral(BaseEphemeral):
    pass


class TestIncremental(BaseIncremental):
    pass


class TestGenericTests(BaseGenericTests):
    pass


class TestTableMaterialization(BaseTableMaterialization):
    pass


class TestValidateConnection(BaseValidateConnection):
    pass


class TestAdapterMethods(BaseAdapterMethod):
    pass


class AnyStats:
    """Sizes and row counts, where the catalog has them."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and "has_stats" in other

    __hash__ = None  # type: ignore[assignment]


@pytest.fixture(scope="class")
def profile_user() -> str:
    """The owner of what the session makes: on this machine, the user."""
    return getpass.getuser()


TYPES: dict[str, Any] = {
    "id_type": "bigint",
    "text_type": "string",
    "time_type": "timestamp",
    "view_type": "view",
    "table_type": "table",
    "model_stats": AnyStats(),
}


OF_SPARK = "types of Spark; the owner is the user; sizes and row counts where the catalog has them"


class TestDocsGenerate(BaseDocsGenerate):
    dialect: ClassVar[str] = OF_SPARK

    @pytest.fixture(scope="class")
    def expected_catalog(self, project: Any, profile_user: str) -> dict[str, Any]:
        return base_expected_catalog(project, role=profile_user, **TYPES)


class TestDocsGenReferences(BaseDocsGenReferences):
    dialect: ClassVar[str] = OF_SPARK

    @pytest.fixture(scope="class")
    def expected_catalog(self, project: Any, profile_user: str) -> dict[str, Any]:
        return expected_references_catalog(
            project, role=profile_user, bigint_type="bigint", **TYPES
        )
