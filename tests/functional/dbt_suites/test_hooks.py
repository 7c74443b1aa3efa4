"""dbt's own suites of hooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from dbt.tests.adapter.hooks import test_model_hooks
from dbt.tests.adapter.hooks.test_model_hooks import (
    MODEL_POST_HOOK,
    MODEL_PRE_HOOK,
    BaseDuplicateHooksInConfigs,
    BaseHookRefs,
    BaseHooksRefsOnSeeds,
    BasePrePostModelHooks,
    BasePrePostModelHooksInConfig,
    BasePrePostModelHooksInConfigKwargs,
    BasePrePostModelHooksInConfigWithCount,
    BasePrePostModelHooksOnSeeds,
    BasePrePostModelHooksOnSeedsPlusPrefixed,
    BasePrePostModelHooksOnSeedsPlusPrefixedWhitespace,
)
from dbt.tests.adapter.hooks.test_run_hooks import BaseAfterRunHooks, BasePrePostRunHooks

from tests.functional.dbt_suites.sparks_words import InSparksWords

pytestmark = pytest.mark.spark

NO_VACUUM = {
    "models": {
        "test": {
            "pre-hook": [MODEL_PRE_HOOK, {"sql": "select 1", "transaction": False}],
            "post-hook": [{"sql": "select 1", "transaction": False}, MODEL_POST_HOOK],
        }
    }
}


class OfGlue(InSparksWords):
    dialect: ClassVar[str] = (
        "the table of hooks has Spark's types, and the target is of type `glue`, with one thread; "
        "`select 1` where the suite has `vacuum`"
    )

    @pytest.fixture(scope="class")
    def test_data_dir(self) -> Path:
        """That of the suite, not of this module."""
        return Path(test_model_hooks.__file__).parent / "data"

    def check_hooks(self, state: str, project: Any, host: Any, count: int = 1) -> None:
        of_run = {} if isinstance(self, BasePrePostRunHooks) else {"count": count}
        found = self.get_ctx_vars(state, project=project, **of_run)  # type: ignore[attr-defined]
        for row in [found] if isinstance(found, dict) else found:
            expected = {
                "test_state": state,
                "target_dbname": "",
                "target_host": "",
                "target_name": "default",
                "target_schema": project.test_schema,
                "target_threads": 1,
                "target_type": "glue",
                "target_user": "",
                "target_pass": "",
            }
            assert {name: row[name] for name in expected} == expected
            assert row["run_started_at"]
            assert row["invocation_id"]
            assert row["thread_id"].startswith(("Thread-", "MainThread"))


class TestModelHooks(OfGlue, BasePrePostModelHooks):
    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return NO_VACUUM


class TestHookRefs(OfGlue, BaseHookRefs):
    pass


class TestModelHooksInConfig(OfGlue, BasePrePostModelHooksInConfig):
    pass


class TestModelHooksInConfigWithCount(OfGlue, BasePrePostModelHooksInConfigWithCount):
    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        return NO_VACUUM


class TestModelHooksInConfigKwargs(OfGlue, BasePrePostModelHooksInConfigKwargs):
    pass


class TestDuplicateHooks(BaseDuplicateHooksInConfigs):
    pass


class TestHooksRefsOnSeeds(BaseHooksRefsOnSeeds):
    pass


class RowsAnew:
    """Files have no UPDATE: a hook writes the rows anew, with a column more."""

    dialect: ClassVar[str] = (
        "hooks fill the new column by a copy of the table, because files have no UPDATE"
    )
    key: ClassVar[str] = "+post-hook"

    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        hooks = [
            "create table {{ this.schema }}.kept using parquet as select *, 1 as new_col from {{ this }}",
            "drop table {{ this }}",
            "create view {{ this }} as select * from {{ this.schema }}.kept",
            "select cast(null as {{ dbt.type_int() }}) as id",
        ]
        return {"models": {}, "seeds": {self.key: hooks, "quote_columns": False}}


class TestHooksOnSeeds(RowsAnew, BasePrePostModelHooksOnSeeds):
    key = "post-hook"


class TestHooksOnSeedsPlusPrefixed(RowsAnew, BasePrePostModelHooksOnSeedsPlusPrefixed):
    pass


class TestHooksOnSeedsPlusPrefixedWhitespace(
    RowsAnew, BasePrePostModelHooksOnSeedsPlusPrefixedWhitespace
):
    pass


class TestRunHooks(OfGlue, BasePrePostRunHooks):
    @pytest.fixture(scope="class")
    def project_config_update(self) -> dict[str, Any]:
        """Tables whose hooks have types of Spark."""
        given = BasePrePostRunHooks.project_config_update.__wrapped__(self)
        return {
            **given,
            "on-run-end": [hook.replace(" text", " string") for hook in given["on-run-end"]],
        }

    def assert_used_schemas(self, project: Any) -> None:
        """A row of a table is (None, schema) where dbt has no database: the hook writes it as text."""
        for table, row in (("schemas", ()), ("db_schemas", ("None",))):
            found = project.run_sql(f"select * from {project.test_schema}.{table}", fetch="all")
            assert [tuple(each) for each in found] == [(*row, project.test_schema)]


class TestAfterRunHooks(BaseAfterRunHooks):
    pass
