"""What is run of dbt packages, and what is kept of a run: see tools/dbt_packages.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PROJECTS", "Column", "Failure", "Project"]


@dataclass(frozen=True)
class Project:
    """A project of a package's repository that is built: its folder, and the name of its profile.

    What a user of Glue sets, too: `variables`, as `vars`, and the package whose macros are looked for among dbt's first
    (`dispatches`). Where `select` is given, only that is built. `known_as` is the word for which the project's own comparisons of `target.type` take `glue`: they list
    adapters.
    """

    repository: str
    folder: str
    profile: str = "integration_tests"
    variables: Mapping[str, Any] = field(default_factory=dict)
    select: tuple[str, ...] = ()
    dispatches: str = ""
    known_as: str = ""

    @property
    def package(self) -> str:
        return self.repository.partition("/")[2]

    @property
    def name(self) -> str:
        return f"{self.package}/{self.folder}"

    @property
    def schema(self) -> str:
        return re.sub(r"\W", "_", self.name)


_DEPTH = {"max_depth_dag": 9}
PROJECTS = (
    Project("dbt-labs/dbt-utils", "integration_tests", dispatches="dbt_utils"),
    Project("metaplane/dbt-expectations", "integration_tests", dispatches="dbt_expectations"),
    Project("godatadriven/dbt-date", "integration_tests"),
    Project(
        "dbt-labs/dbt-audit-helper",
        "integration_tests",
        dispatches="audit_helper",
        known_as="databricks",
    ),
    Project(
        "dbt-labs/dbt-project-evaluator", "integration_tests", variables=_DEPTH, known_as="spark"
    ),
    Project(
        "dbt-labs/dbt-project-evaluator", "integration_tests_2", variables=_DEPTH, known_as="spark"
    ),
    Project(
        "elementary-data/dbt-data-reliability",
        "integration_tests/dbt_project",
        "elementary_tests",
        select=("package:elementary",),
        known_as="spark",
    ),
)


class Failure(TypedDict):
    """A node that did not pass: what dbt said, the last statement that it sent, and what Spark said of that alone."""

    node: str
    said: str
    statement: str
    alone: str


class Column(TypedDict):
    """What became of a project, and when, on which dbt-core; `version` is the checkout's, as git describes it.

    `counts` are by the kind of a node (`model`, `test`, ...) and its end (`passed`, `failed`, `skipped`).
    """

    version: str
    when: str
    dbt_core: str
    seconds: int
    counts: dict[str, dict[str, int]]
    failures: list[Failure]
