"""What a Glue session can import: standard library, runtime, preinstalled and installable distributions.

The preinstalled versions are those of AWS's list "Python modules already provided in AWS Glue".
A list in a page is not a promise: a session's own answer counts more where there is one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from glue_compiler.knowledge.frames import DATA
from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS, NEWEST_GLUE
from glue_compiler.knowledge.import_names import (
    IMPORTS,
    NAMESPACES,
    NOT_IN_A_MODEL,
    NOT_ON_THE_INDEX,
    RUNTIME,
)
from glue_compiler.knowledge.requirement import Requirement, canonical_name, parse_requirement

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "GlueRuntime",
    "Provision",
    "Requirement",
    "brought_by",
    "canonical_name",
    "distributions_for_import",
    "dropped_since",
    "foreign_import",
    "glue_runtime",
    "meant_distribution",
    "parse_requirement",
    "preinstalled",
    "provision_of",
    "satisfies",
    "stdlib_modules",
    "stdlib_until",
]

"""Oldest first."""


@dataclass(frozen=True, slots=True)
class GlueRuntime:
    """The software of one Glue version."""

    version: str
    spark: str
    python: str
    scala: str
    java: str
    glibc: str
    distributions: Mapping[str, str]
    """Distribution name as AWS writes it -> version."""


@dataclass(frozen=True, slots=True)
class Provision:
    """Where an import comes from.

    ``origin``: ``stdlib``, ``runtime`` (Glue's own), ``preinstalled``, ``declared``, ``brought`` (by a declared one,
    which needs it), ``missing``, or ``namespace`` for a bare namespace package such as ``google.cloud``, which says nothing.
    """

    origin: str
    distributions: tuple[str, ...]
    """The distributions that provide the import, the usual choice first; empty where none is needed."""
    version: str | None = None
    """The preinstalled version."""


@lru_cache(maxsize=8)
def glue_runtime(glue_version: str) -> GlueRuntime:
    """The software of a Glue version; an unknown version reads as the newest known one."""
    known = _glue_table()
    version = glue_version if glue_version in known else NEWEST_GLUE
    return GlueRuntime(version=version, **known[version])


@lru_cache(maxsize=8)
def preinstalled(glue_version: str) -> Mapping[str, str]:
    """Canonical distribution name -> version of everything that AWS lists for a Glue version."""
    distributions = glue_runtime(glue_version).distributions
    return {canonical_name(name): version for name, version in distributions.items()}


def stdlib_modules(glue_version: str) -> frozenset[str]:
    """The top-level module names of the standard library of a Glue version's Python."""
    return _stdlib_table()[glue_runtime(glue_version).python]


def stdlib_until(name: str, glue_version: str) -> str | None:
    """The Glue version whose Python was the last to have a module that this version's lacks."""
    top = name.partition(".")[0]
    version = glue_runtime(glue_version).version
    if top in stdlib_modules(version):
        return None
    older = GLUE_VERSIONS[: GLUE_VERSIONS.index(version)]
    return next((v for v in reversed(older) if top in stdlib_modules(v)), None)


def distributions_for_import(
    name: str, overrides: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The distributions that provide a dotted import, the usual choice first.

    Pass ``from google.cloud import bigquery`` as ``google.cloud.bigquery``. The longest known
    prefix decides, a project's own map (import name -> distribution) before ours; an unknown name
    is taken to be a distribution of the same name. Empty for a bare namespace package.
    """
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        if overrides and prefix in overrides:
            return (overrides[prefix],)
        if prefix in IMPORTS:
            return IMPORTS[prefix]
        if prefix in NAMESPACES:
            below = parts[length : length + 1]
            return ("-".join([*parts[:length], *below]).replace("_", "-"),) if below else ()
    return (parts[0].replace("_", "-"),)


def provision_of(
    name: str,
    glue_version: str,
    declared: tuple[Requirement, ...] = (),
    overrides: Mapping[str, str] | None = None,
) -> Provision:
    """Where a session of a Glue version with the declared requirements finds a dotted import."""
    top = name.partition(".")[0]
    if top in stdlib_modules(glue_version):
        return Provision("stdlib", ())
    if top in RUNTIME:
        return Provision("runtime", ())
    candidates = distributions_for_import(name, overrides)
    if not candidates:
        return Provision("namespace", ())
    wanted = {canonical_name(candidate) for candidate in candidates}
    environment = marker_environment(glue_version)
    for requirement in declared:
        if requirement.name in wanted and requirement.applies(environment):
            return Provision("declared", candidates)
    names = [item.name for item in declared if item.name and item.applies(environment)]
    if any(wanted & brought_by(name) for name in names):
        return Provision("brought", candidates)
    present = preinstalled(glue_version)
    for candidate in candidates:
        version = present.get(canonical_name(candidate))
        if version is not None:
            return Provision("preinstalled", candidates, version)
    return Provision("missing", candidates)


def brought_by(distribution: str) -> frozenset[str]:
    """The canonical names of what comes along with a distribution; none for one that is not in our table."""
    return _brought_table().get(distribution, frozenset())


def dropped_since(distribution: str, glue_version: str) -> str | None:
    """The newest older Glue version that preinstalled a distribution which this version does not."""
    name = canonical_name(distribution)
    version = glue_runtime(glue_version).version
    if name in preinstalled(version):
        return None
    older = GLUE_VERSIONS[: GLUE_VERSIONS.index(version)]
    return next((v for v in reversed(older) if name in preinstalled(v)), None)


def satisfies(
    requirement: Requirement, glue_version: str, installed: Mapping[str, str] | None = None
) -> bool | None:
    """Whether what is there already meets a requirement, so that nothing needs installing.

    ``installed`` (canonical name -> version) is what a session reported; without it AWS's list
    counts. None when nothing of that name is there; True for a requirement whose marker excludes
    the Glue version's Python; False for another version, for extras and for a direct reference,
    which an installer has to look at.
    """
    if not requirement.applies(marker_environment(glue_version)):
        return True
    present = preinstalled(glue_version) if installed is None else installed
    version = present.get(requirement.name) if requirement.name else None
    if version is None:
        return None
    return requirement.kind == "index" and not requirement.extras and requirement.accepts(version)


def meant_distribution(requirement_name: str) -> str | None:
    """The distribution that somebody means who requires an import name, such as ``sklearn``."""
    return NOT_ON_THE_INDEX.get(requirement_name)


def foreign_import(name: str) -> str | None:
    """Why a dotted import has no place in a Glue session and what to do; None for all others."""
    parts = name.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((NOT_IN_A_MODEL[prefix] for prefix in prefixes if prefix in NOT_IN_A_MODEL), None)


@lru_cache(maxsize=8)
def marker_environment(glue_version: str) -> Mapping[str, str]:
    """PEP 508 marker values of a Glue session: the Glue Python on Linux x86_64."""
    python = glue_runtime(glue_version).python
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }


@lru_cache(maxsize=1)
def _stdlib_table() -> dict[str, frozenset[str]]:
    table = json.loads((DATA / "stdlib.json").read_text(encoding="utf-8"))
    return {python: frozenset(names) for python, names in table.items()}


@lru_cache(maxsize=1)
def _brought_table() -> dict[str, frozenset[str]]:
    table = json.loads((DATA / "brought.json").read_text(encoding="utf-8"))
    return {name: frozenset(names) for name, names in table.items()}


@lru_cache(maxsize=1)
def _glue_table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((DATA / "glue.json").read_text(encoding="utf-8"))
    return table
