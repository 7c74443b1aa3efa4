"""Imports and requirements: what a Glue version has, what a name means, what a requirement says."""

from __future__ import annotations

import importlib.metadata
import sys

import pytest
from glue_compiler.knowledge import packages
from glue_compiler.knowledge.import_names import IMPORTS, NOT_ON_THE_INDEX
from glue_compiler.knowledge.packages import (
    GLUE_VERSIONS,
    distributions_for_import,
    parse_requirement,
    provision_of,
    satisfies,
)
from glue_compiler.knowledge.requirement import split_requirements


@pytest.mark.parametrize(
    ("glue", "spark", "python", "pandas", "count"),
    [
        ("4.0", "3.3.0", "3.10", "1.5.1", 64),
        ("5.0", "3.5.4", "3.11", "2.2.2", 44),
        ("5.1", "3.5.6", "3.11", "2.3.3", 60),
        ("6.0", "4.1.1", "3.13", "2.3.3", 67),
    ],
)
def test_a_glue_version_has_its_spark_python_and_distributions(
    glue: str, spark: str, python: str, pandas: str, count: int
) -> None:
    runtime = packages.glue_runtime(glue)
    assert (runtime.spark, runtime.python) == (spark, python)
    assert packages.preinstalled(glue)["pandas"] == pandas
    assert len(packages.preinstalled(glue)) == count


def test_an_unknown_glue_version_reads_as_the_newest() -> None:
    assert packages.glue_runtime("auto").version == "6.0"


def test_the_standard_library_is_that_of_the_glue_python() -> None:
    installed = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for glue in GLUE_VERSIONS:
        if packages.glue_runtime(glue).python == installed:
            assert packages.stdlib_modules(glue) == sys.stdlib_module_names
    assert "__future__" in packages.stdlib_modules("5.0")
    assert "imp" in packages.stdlib_modules("5.0")
    assert "imp" not in packages.stdlib_modules("6.0")
    assert packages.stdlib_until("imp", "6.0") == "5.1"
    assert packages.stdlib_until("json", "6.0") is None


@pytest.mark.parametrize(
    ("name", "origins"),
    [
        ("os.path", ("stdlib", "stdlib", "stdlib", "stdlib")),
        ("pyspark.sql.functions", ("runtime", "runtime", "runtime", "runtime")),
        ("numpy.random", ("preinstalled",) * 4),
        ("sklearn.linear_model", ("preinstalled", "missing", "missing", "missing")),
        ("yaml", ("preinstalled", "missing", "missing", "preinstalled")),
        ("dateutil.parser", ("preinstalled",) * 4),
        ("distutils.version", ("stdlib", "stdlib", "stdlib", "preinstalled")),
        ("google.protobuf", ("missing", "missing", "missing", "preinstalled")),
        ("google.cloud", ("namespace",) * 4),
        ("polars", ("missing",) * 4),
    ],
)
def test_an_import_is_found_where_glue_has_it(name: str, origins: tuple[str, ...]) -> None:
    assert tuple(provision_of(name, glue).origin for glue in GLUE_VERSIONS) == origins


def test_a_declared_requirement_provides_its_imports_under_any_of_its_names() -> None:
    declared = (parse_requirement("psycopg2>=2.9"), parse_requirement("Scikit_Learn"))
    assert provision_of("psycopg2.extras", "5.0", declared).origin == "declared"
    assert provision_of("sklearn", "5.0", declared).origin == "declared"
    excluded = (parse_requirement('polars; python_version < "3.11"'),)
    assert provision_of("polars", "5.0", excluded).origin == "missing"
    assert provision_of("polars", "4.0", excluded).origin == "declared"


@pytest.mark.parametrize(
    ("name", "distribution"),
    [
        ("sklearn", "scikit-learn"),
        ("PIL.Image", "pillow"),
        ("cv2", "opencv-python-headless"),
        ("google.cloud.bigquery.client", "google-cloud-bigquery"),
        ("google.cloud.newthing", "google-cloud-newthing"),
        ("azure.storage.blob", "azure-storage-blob"),
        ("azure.newthing", "azure-newthing"),
        ("awswrangler", "awswrangler"),
        ("some_package.module", "some-package"),
    ],
)
def test_an_import_leads_to_the_distribution_that_provides_it(name: str, distribution: str) -> None:
    assert distributions_for_import(name)[0] == distribution


def test_the_projects_own_map_comes_first() -> None:
    assert distributions_for_import("sklearn.svm", {"sklearn": "acme-learn"}) == ("acme-learn",)


def test_the_map_agrees_with_every_distribution_installed_here() -> None:
    disagreeing = {}
    for top, provided_by in importlib.metadata.packages_distributions().items():
        entry = IMPORTS.get(top)
        names = {packages.canonical_name(name) for name in provided_by}
        if entry and not names & {packages.canonical_name(name) for name in entry}:
            disagreeing[top] = provided_by
    assert disagreeing == {}


def test_names_that_the_index_does_not_serve_lead_to_a_distribution() -> None:
    assert packages.meant_distribution("sklearn") == "scikit-learn"
    assert packages.meant_distribution("pandas") is None
    assert all(key != value for key, value in NOT_ON_THE_INDEX.items())


def test_what_a_newer_glue_no_longer_has_is_known() -> None:
    assert packages.dropped_since("scikit-learn", "5.0") == "4.0"
    assert packages.dropped_since("PyYAML", "5.1") == "4.0"
    assert packages.dropped_since("PyYAML", "6.0") is None
    assert packages.dropped_since("polars", "6.0") is None


def test_imports_of_other_platforms_are_explained() -> None:
    assert "Snowpark" in (packages.foreign_import("snowflake.snowpark.functions") or "")
    assert packages.foreign_import("pyspark.sql") is None


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("numpy", "index", "numpy"),
        ("Scikit_Learn[extra]>=1.5,<2", "index", "scikit-learn"),
        ('pandas==2.2.*; python_version >= "3.11"', "index", "pandas"),
        ("thing @ https://example.com/thing-1.0-py3-none-any.whl", "direct", "thing"),
        ("s3://bucket/libs/acme_tools-1.2.0-py3-none-any.whl", "s3", "acme-tools"),
        ("s3://bucket/libs/wheels.gluewheels.zip", "s3", None),
        ("https://example.com/acme-1.0.tar.gz", "url", None),
        ("git+https://example.com/acme.git#egg=Acme", "vcs", "acme"),
        ("./libs/acme-1.0-py3-none-any.whl", "file", "acme"),
        ("libs/acme.zip", "file", None),
        ("-r requirements.txt", "option", None),
        ("--no-index", "option", None),
    ],
)
def test_a_requirement_is_classified(text: str, kind: str, name: str | None) -> None:
    requirement = parse_requirement(text)
    assert (requirement.kind, requirement.name) == (kind, name)
    assert requirement.problem is None


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("numpy=1.26", ("numpy==1.26",)),
        ("numpy 1.26", ("numpy==1.26",)),
        ("numpy@1.26", ("numpy==1.26",)),
        ("numpy, pandas>=2", ("numpy", "pandas>=2")),
        ("numpy pandas", ("numpy", "pandas")),
        ("", ()),
        ("!!", ()),
    ],
)
def test_an_invalid_requirement_is_explained_and_repaired(
    text: str, repair: tuple[str, ...]
) -> None:
    requirement = parse_requirement(text)
    assert requirement.kind == "invalid"
    assert requirement.problem
    assert requirement.repair == repair


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("numpy", (True, True, True, True)),
        ("numpy==1.26.4", (False, True, False, False)),
        ("pandas==2.2", (False, False, False, False)),
        ("pandas>=2", (False, True, True, True)),
        ("scikit-learn", (True, None, None, None)),
        ("s3fs[boto3]", (False, False, False, False)),
        ('polars; python_version < "3.11"', (None, True, True, True)),
        ("-r x.txt", (None, None, None, None)),
    ],
)
def test_a_requirement_is_compared_with_what_is_preinstalled(
    text: str, answers: tuple[bool | None, ...]
) -> None:
    requirement = parse_requirement(text)
    assert tuple(satisfies(requirement, glue) for glue in GLUE_VERSIONS) == answers


def test_what_a_session_reports_counts_more_than_the_list() -> None:
    requirement = parse_requirement("scikit-learn>=1.5")
    assert satisfies(requirement, "5.0", {"scikit-learn": "1.5.2"}) is True
    assert satisfies(requirement, "5.0", {"scikit-learn": "1.4.0"}) is False
    assert satisfies(requirement, "4.0", {}) is None


def test_pins_are_recognised() -> None:
    assert parse_requirement("numpy==1.26.4").pinned
    assert not parse_requirement("numpy==1.*").pinned
    assert not parse_requirement("numpy>=1").pinned


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        ("", []),
        ("a, b==1 ,", ["a", "b==1"]),
        ("a>=1,<2,b", ["a>=1,<2", "b"]),
        ("a[x,y]>=1,!=1.5,s3://b/c.whl", ["a[x,y]>=1,!=1.5", "s3://b/c.whl"]),
    ],
)
def test_a_comma_inside_a_requirement_separates_nothing(value: str, entries: list[str]) -> None:
    assert list(split_requirements(value)) == entries


def test_packages_bring_what_they_need():
    declared = (
        parse_requirement("scikit-learn"),
        parse_requirement("xgboost; python_version < '3'"),
    )
    assert provision_of("scipy.stats", "5.1", declared).origin == "brought"
    assert provision_of("scipy.stats", "5.1", declared[1:]).origin == "missing"
    assert provision_of("sklearn", "5.1", declared).origin == "declared"
    assert provision_of("polars", "5.1", declared).origin == "missing"
