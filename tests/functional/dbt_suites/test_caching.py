"""dbt's own suites of the cache of relations."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.caching.test_caching import (
    BaseCachingLowercaseModel,
    BaseCachingSelectedSchemaOnly,
    BaseCachingUppercaseModel,
    BaseNoPopulateCache,
)
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark


class NoDatabase:
    """The suite asks for the small letters of `relation.database`, which is None."""

    dialect: ClassVar[str] = "compares schema and name: a relation of Spark has no database"

    def run_and_inspect_cache(self, project: Any, run_args: list[str]) -> None:
        found = []
        for _run in range(2):
            run_dbt(run_args)
            (relation,) = project.adapter.cache.relations
            assert relation.schema == project.test_schema
            found.append((relation.database, relation.schema.lower(), relation.identifier.lower()))
        assert found[0] == found[1]


class TestLowercaseModel(NoDatabase, BaseCachingLowercaseModel):
    pass


class TestUppercaseModel(NoDatabase, BaseCachingUppercaseModel):
    pass


class TestSelectedSchemaOnly(NoDatabase, BaseCachingSelectedSchemaOnly):
    pass


class TestNoPopulateCache(NoDatabase, BaseNoPopulateCache):
    pass
