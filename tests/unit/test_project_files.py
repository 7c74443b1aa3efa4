"""The project's own files agree with each other and with the code."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from dbt.adapters.protocol import AdapterConfig
from glue_compiler.build import VERSION

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.model_config import GlueConfig

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = {"3.10", "3.11", "3.12", "3.13"}
GENERATED = "rules/"
"""Pages that `make docs` writes from the rules themselves."""
BINARY = {".png", ".ico", ".gif", ".jar", ".class", ".zip", ".gz", ".whl"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    metadata: dict[str, Any] = tomllib.loads(read("pyproject.toml"))["project"]
    return metadata


def tracked() -> list[Path]:
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_the_version_that_the_code_tells_is_that_of_the_project() -> None:
    assert project()["version"] == VERSION


def field_rows(document: str) -> dict[str, str]:
    """The profile fields that a document's table lists, with their defaults as written there."""
    table = read(document).split("<!-- fields: begin -->")[1].split("<!-- fields: end -->")[0]
    rows = re.findall(r"^\| `([\w-]+)` \| (.+?) \|", table, flags=re.MULTILINE)
    return {name.replace("-", "_"): default for name, default in rows}


def written_default(field: dataclasses.Field[Any]) -> str:
    if field.name == "schema":
        return "required"
    if field.default is None:
        return "none"
    shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return f"`{shown}`"


@pytest.mark.parametrize("document", ["docs/configuration.md", "README.md"])
def test_the_table_of_profile_fields_is_that_of_the_credentials(document: str) -> None:
    fields = {
        field.name: written_default(field)
        for field in dataclasses.fields(GlueCredentials)
        if not field.metadata.get("hidden")
    }
    assert field_rows(document) == fields


def test_every_config_of_a_model_is_described() -> None:
    table = read("README.md").split("<!-- configs: begin -->")[1].split("<!-- configs: end -->")[0]
    described = set(re.findall(r"`(\w+)`", table))
    own = {field.name for field in dataclasses.fields(GlueConfig)}
    base = {field.name for field in dataclasses.fields(AdapterConfig)}
    names = own - base | {"packages", "python_modules", "submission_method", "predicates"}
    assert names - described == set()


@pytest.mark.parametrize("table", ["fields", "configs"])
def test_readme_and_documentation_describe_them_alike(table: str) -> None:
    between = re.compile(rf"<!-- {table}: begin -->(.*)<!-- {table}: end -->", re.DOTALL)
    in_readme, in_docs = (
        between.search(read("README.md")),
        between.search(read("docs/configuration.md")),
    )
    assert in_readme is not None
    assert in_docs is not None
    assert in_readme.group(1) == in_docs.group(1)


def test_no_file_names_a_package_registry() -> None:
    hosts = [
        ".".join(parts)
        for parts in (
            ("pypi", "org"),
            ("files", "pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("registry", "yarnpkg", "com"),
            ("deb", "debian", "org"),
            ("repo1", "maven", "org"),
            ("repo", "maven", "apache", "org"),
        )
    ]
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in tracked()
        if path.suffix not in BINARY
        for host in hosts
        if host in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


DOCUMENTS = ["README.md", "CONTRIBUTING.md", "examples/nycflights/README.md", "docs/getting-started.md", "docs/errors.md"]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_make_commands_that_documents_name_exist(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^\$ |`)make ([a-z-]+)", read(document), flags=re.MULTILINE))
    assert named <= targets


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {link}"
        for path in tracked()
        if path.suffix == ".md"
        for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not link.startswith(("http:", "https:", "mailto:", GENERATED))
        and not (path.parent / link).exists()
    ]
    assert broken == []


def test_version_numbers_agree() -> None:
    version = project()["version"]
    installed = re.search(r'version.*?"([\d.]+)"', read("dbt/adapters/glue/__version__.py"))
    released = re.search(r"^## \[(\d[^\]]*)\]", read("CHANGELOG.md"), flags=re.MULTILINE)
    assert installed is not None
    assert released is not None
    assert {installed.group(1), released.group(1)} == {version}


def requirements() -> dict[str, Requirement]:
    metadata = project()
    lines = [*metadata["dependencies"]]
    for extra in metadata["optional-dependencies"].values():
        lines += extra
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def test_every_dependency_has_its_reason() -> None:
    reasons = read("CONTRIBUTING.md").split("## Dependencies")[1]
    explained = {name for row in re.findall(r"^\| (`.+?) \|", reasons, flags=re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)}  # fmt: skip
    assert explained == set(requirements())


def locked(python: str) -> dict[str, str]:
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", read(f"constraints/py{python.replace('.', '')}.txt"), flags=re.MULTILINE)  # fmt: skip
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("python", sorted(PYTHONS))
def test_locked_versions_satisfy_the_metadata(python: str) -> None:
    pins = locked(python)
    local = {Requirement(line).name for line in project()["optional-dependencies"]["local"]}
    wrong = []
    for name, requirement in requirements().items():
        marker = requirement.marker
        if marker is not None and not marker.evaluate({"python_version": python}):
            continue
        if name in local and python == "3.13":
            continue
        pin = pins.get(canonicalize_name(name))
        if pin is None or not requirement.specifier.contains(pin, prereleases=True):
            wrong.append(f"{requirement}: locked {pin}")
    assert wrong == []


def test_there_is_a_lock_for_every_python_that_the_metadata_allows() -> None:
    allowed = SpecifierSet(project()["requires-python"])
    assert {f"3.{minor}" for minor in range(20) if allowed.contains(f"3.{minor}.0")} == PYTHONS


def test_pre_commit_fetches_nothing() -> None:
    repositories = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert {repository["repo"] for repository in repositories} == {"local"}
    assert {hook["language"] for hook in repositories[0]["hooks"]} == {"system"}


def test_pages_of_the_documentation_are_in_its_navigation() -> None:
    listed = set(
        re.findall(r"^ +- (?:[^:\n]+: )?([\w/-]+\.md)$", read("mkdocs.yml"), flags=re.MULTILINE)
    )
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages <= listed
