"""Packages in a session's DefaultArguments: which argument takes what, what overrides what, Glue's limits.

Sources: AWS Glue's "Using Python libraries with AWS Glue" (packages, wheels, requirements files and
zips of wheels go to --additional-python-modules, modules to --extra-py-files) and botocore's
CreateSession (at most 75 arguments of at most 4,096 characters).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.packages import satisfies
from glue_compiler.knowledge.requirement import (
    Requirement,
    canonical_name,
    parse_requirement,
    split_requirements,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, MutableMapping

__all__ = [
    "MODULES",
    "absolute_libs",
    "add_packages",
    "check_limits",
    "file_hashes",
    "is_remote",
    "is_there",
    "normalised_requirements",
    "spilled",
]

MODULES = "--additional-python-modules"
FILES = "--extra-py-files"
OPTIONS = "--python-modules-installer-option"

MAX_ARGUMENTS = 75
MAX_VALUE = 4096

_INSTALLED = (".whl", ".gluewheels.zip", ".tar.gz", ".txt")


def is_remote(location: str) -> bool:
    """Whether a location is a URL, and no path of this machine."""
    return "://" in location


def absolute_libs(libs: Iterable[str], root: Path) -> tuple[str, ...]:
    """Local paths, which start at `root`, made absolute; URLs as they are."""
    return tuple(
        lib if is_remote(lib) else str((root / Path(lib).expanduser()).resolve()) for lib in libs
    )


def file_hashes(libs: Iterable[str]) -> dict[str, str]:
    """The content hash of each local file. Raises DbtRuntimeError for one that is not there."""
    hashes: dict[str, str] = {}
    for lib in libs:
        if not is_remote(lib):
            if not Path(lib).is_file():
                raise DbtRuntimeError(f"additional_libs: {lib} does not exist or is no file")
            hashes[lib] = hashlib.sha256(Path(lib).read_bytes()).hexdigest()[:16]
    return hashes


def add_packages(
    arguments: MutableMapping[str, str], packages: Iterable[str], libs: Iterable[str]
) -> None:
    """Adds requirements and libraries to DefaultArguments, keeping their order and each once.

    A requirement takes the place of one for the same package that was there (a profile's).
    """
    libs = tuple(libs)
    installed = [lib for lib in libs if lib.lower().endswith(_INSTALLED)]
    files = [lib for lib in libs if lib not in installed]
    present = split_requirements(arguments.get(MODULES, ""))
    added = tuple(packages)
    named = {parse_requirement(text).name for text in added} - {None}
    kept = [text for text in present if parse_requirement(text).name not in named or text in added]
    modules = list(dict.fromkeys([*kept, *added, *installed]))
    # `-r`, which Glue wants for a requirements file, holds for the one that follows it.
    modules.sort(key=lambda text: not text.lower().endswith(".txt"))
    if modules:
        arguments[MODULES] = ",".join(modules)
    if modules and modules[0].lower().endswith(".txt"):
        options = arguments.get(OPTIONS, "").split()
        if "-r" not in options:
            arguments[OPTIONS] = " ".join([*options, "-r"])
    if files:
        before = [item for item in arguments.get(FILES, "").split(",") if item]
        arguments[FILES] = ",".join(dict.fromkeys([*before, *files]))


def spilled(arguments: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The arguments, with a list of packages that is too long for Glue in a requirements file in `folder`."""
    value = arguments.get(MODULES, "")
    if len(value) <= MAX_VALUE:
        return dict(arguments)
    text = "".join(f"{_line(entry)}\n" for entry in split_requirements(value))
    file = folder / f"requirements-{hashlib.sha256(text.encode()).hexdigest()[:16]}.txt"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return {**arguments, MODULES: str(file)}


def check_limits(arguments: Mapping[str, str]) -> None:
    """Raises DbtRuntimeError for arguments that CreateSession would refuse, with the way out."""
    if len(arguments) > MAX_ARGUMENTS:
        raise DbtRuntimeError(
            f"the session has {len(arguments)} arguments, and Glue takes {MAX_ARGUMENTS}: "
            "shorten `default_arguments` in the profile; Spark settings belong in `conf`"
        )
    for name, value in arguments.items():
        if len(value) > MAX_VALUE:
            way_out = (
                "List the packages in a requirements file in S3, and name that: "
                "additional_libs: [s3://bucket/requirements.txt]"
                if name == MODULES
                else "Shorten it in the profile"
            )
            raise DbtRuntimeError(
                f"the session's argument {name} has {len(value):,} characters, and Glue takes "
                f"{MAX_VALUE:,}. {way_out}"
            )


def normalised_requirements(texts: Iterable[str]) -> list[str]:
    """Requirements by canonical name, in one spelling and one order; files and URLs as they are.

    For comparison only: a requirements file has to come first in what Glue is sent.
    """
    return sorted({_normalised(text) for text in texts})


def _normalised(text: str) -> str:
    requirement = parse_requirement(text)
    if requirement.kind != "index" or not requirement.name:
        return text.strip()
    extras = f"[{','.join(sorted(map(canonical_name, requirement.extras)))}]"
    specifier = ",".join(sorted(part.strip() for part in requirement.specifier.split(",")))
    marker = f";{requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras if requirement.extras else ''}{specifier}{marker}"


def is_there(requirement: Requirement, glue_version: str, *, local: bool) -> bool:
    """Whether a session has a package in a version that meets the requirement, without installing it.

    On AWS its list of the Glue version says so; on the embedded endpoint what is installed beside the Spark
    that the session runs on: where dbt runs, or in the environment of the Glue version.
    """
    if not local:
        return bool(satisfies(requirement, glue_version))
    if not requirement.name:
        return False
    # The endpoint's knowledge of its Sparks, for which none is started.
    from glue_endpoint.spark.sparks import version_in_session

    version = version_in_session(requirement.name, glue_version)
    installed = {} if version is None else {requirement.name: version}
    return bool(satisfies(requirement, glue_version, installed))


def _line(entry: str) -> str:
    return f"-r {entry}" if entry.lower().endswith(".txt") else entry
