"""dbt's own suites of `--empty`."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.empty import _models
from dbt.tests.adapter.empty.test_empty import (
    BaseTestEmpty,
    BaseTestEmptyInlineSourceRef,
    BaseTestEmptySeedFlag,
    MetadataWithEmptyFlag,
)
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark


class TestEmpty(BaseTestEmpty):
    pass


class TestEmptyInlineSourceRef(BaseTestEmptyInlineSourceRef):
    pass


class TestEmptySeed(BaseTestEmptySeedFlag):
    dialect: ClassVar[str] = (
        "`dbt build --empty` for `dbt seed --empty`, which dbt-core has from 1.12 on"
    )

    def test_seed_empty_creates_table_with_zero_rows(self, project: Any) -> None:
        run_dbt(["build", "--empty", "--select", "raw_seed"])
        self.assert_row_count(project, "raw_seed", 0)

    def test_seed_empty_preserves_column_types(self, project: Any) -> None:
        run_dbt(["build", "--empty", "--select", "raw_seed"])
        types = self.types(project)
        self.assert_row_count(project, "raw_seed", 0)
        run_dbt(["seed", "--full-refresh"])
        self.assert_row_count(project, "raw_seed", 2)
        assert self.types(project) == types

    def types(self, project: Any) -> list[tuple[str, str]]:
        found = project.run_sql(f"describe {project.test_schema}.raw_seed", fetch="all")
        return [(name, kind) for name, kind, _ in found]


class TestMetadata(MetadataWithEmptyFlag):
    dialect: ClassVar[str] = (
        "without the models that drop a column, or make a number's column one of texts: a table of files has neither"
    )

    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {
            "schema.yml": _models.SCHEMA,
            "control.sql": _models.CONTROL,
            "get_columns_in_relation.sql": _models.GET_COLUMNS_IN_RELATION,
            "alter_relation_comment.sql": _models.ALTER_RELATION_COMMENT,
            "alter_column_comment.sql": _models.ALTER_COLUMN_COMMENT,
            "truncate_relation.sql": _models.TRUNCATE_RELATION,
        }

    @pytest.mark.parametrize(
        "model",
        [
            "control",
            "get_columns_in_relation",
            "alter_relation_comment",
            "alter_column_comment",
            "truncate_relation",
        ],
    )
    def test_run(self, project: Any, model: str) -> None:
        super().test_run(project, model)  # type: ignore[no-untyped-call]
