"""What the project changes in a suite of dbt: said in `dialect`, which the documentation's table of suites shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from dbt.adapters.glue.impl import GlueAdapter
from tests.functional.adapter import spark_dialect

if TYPE_CHECKING:
    from collections.abc import Iterator


class InSparksWords:
    """Mixed into a suite of dbt-tests-adapter: what it runs itself, beside dbt, is said in Spark's words."""

    dialect: ClassVar[str] = "what the suite itself runs on the database, in Spark's words"

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def in_sparks_words(cls) -> Iterator[None]:
        def run_sql_for_tests(adapter: Any, sql: str, fetch: Any, connection: Any) -> Any:
            return spark_dialect.run(adapter, cls.said_otherwise(adapter, sql), fetch, connection)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(GlueAdapter, "run_sql_for_tests", run_sql_for_tests)
            yield

    @classmethod
    def said_otherwise(cls, adapter: Any, sql: str) -> str:
        """What a suite's statement is before its words become Spark's."""
        return sql
