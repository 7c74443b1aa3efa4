"""dbt's own suites on one table format after the other: which formats run, and where their tables are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import yaml
from dbt.tests.util import run_dbt, write_file
from glue_compiler.knowledge.tables import S3_TABLES

from dbt.adapters.glue.impl import GlueAdapter
from tests.functional.conformance.cells import FORMATS
from tests.functional.dbt_suites.sparks_words import InSparksWords

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED = os.environ.get("DBT_GLUE_TEST_FORMATS")
"""Formats on which every suite is to run, by their names in `file_format`, with commas between."""

EVERY_SUITE = ("parquet", "iceberg")
"""Where none is named: what every suite runs on. On the others those run that are of `every_format`."""

HUDI = "hudi"
"""What it cannot do is an error by name, which the suites that ask for it assert."""


def refused(*arguments: str) -> str:
    """What the one node says that fails in a run of dbt."""
    failed = [
        each for each in run_dbt(list(arguments), expect_pass=False) if each.status == "error"
    ]
    assert len(failed) == 1, [(each.node.name, each.message) for each in failed]
    return str(failed[0].message)


class OnFormat(InSparksWords):
    """Mixed into a suite of dbt-tests-adapter: its project makes tables of one format, once for each format.

    What the suite runs beside dbt is said in Spark's words, and finds tables where those of their format are.
    """

    every_format: ClassVar[bool] = False
    """Whether it runs on all formats where none is named: one suite of each strategy does, and the matrix."""

    formats: ClassVar[tuple[str, ...]] = ()
    """What alone it runs on, whatever is named, where the suite is about something that others have not."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        usual = FORMATS if self.every_format else EVERY_SUITE
        formats = self.formats or (NAMED.split(",") if NAMED else usual)
        metafunc.parametrize("table_format", formats, scope="class")

    @pytest.fixture(scope="class")
    @classmethod
    def project_root(cls, table_format: str, tmpdir_factory: Any) -> Any:
        """A folder for each format: dbt's own fixture makes one for a class."""
        return tmpdir_factory.mktemp(f"project_{table_format}")

    @pytest.fixture(scope="class")
    @classmethod
    def unique_schema(cls, prefix: str, table_format: str) -> str:
        """A database for each format, likewise: tables that a suite makes itself leave their files."""
        return f"{prefix}_{cls.__name__}_{table_format}".lower()

    @pytest.fixture(scope="class")
    @classmethod
    def dbt_project_yml(
        cls, project_root: Any, project_config_update: Any, table_format: str
    ) -> dict[str, Any]:
        """dbt's own fixture, with the format where the suite's own configs are."""
        given = project_config_update or {}
        suites = yaml.safe_load(given) if isinstance(given, str) else given
        project = {
            "name": "test",
            "profile": "test",
            "flags": {"send_anonymous_usage_stats": False},
            **suites,
        }
        for kind in ("models", "seeds", "snapshots"):
            project[kind] = {"+file_format": table_format, **project.get(kind, {})}
        text = yaml.safe_dump(project)
        write_file(text, str(project_root), "dbt_project.yml")  # type: ignore[no-untyped-call]
        return project

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def with_views(cls, table_format: str) -> Iterator[None]:
        """The format stands at the project: the suites' views have it too, and are in the account's catalog."""
        with pytest.MonkeyPatch.context() as patch:
            if table_format == S3_TABLES:
                patch.setattr(GlueAdapter, "check_view", lambda *_: None)
            yield
