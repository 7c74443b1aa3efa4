"""What a target of dbt's profile says of its sessions: read from profiles.yml without dbt, or as dbt rendered it.

Where dbt looks for profiles.yml, and in which order a profile and a target are chosen:
https://docs.getdbt.com/docs/core/connect-data-platform/connection-profiles
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS
from glue_compiler.knowledge.requirement import requirement_texts
from glue_compiler.project.context import is_jinja
from glue_compiler.project.profile_values import parse_arguments, parse_conf, parse_names
from glue_compiler.project.variables import dbt_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PROFILES = "profiles.yml"
ADDITIONAL_PYTHON_MODULES = "--additional-python-modules"
"""The session argument that lists packages: AWS Glue, "Using Python libraries with AWS Glue"."""
FIELDS = frozenset(
    {
        "additional_libs",
        "conf",
        "datalake_formats",
        "default_arguments",
        "extra_py_files",
        "glue_version",
        "packages",
        "schema",
    }
)
"""The fields of a profile that a Target is made of."""

# What `--datalake-formats` puts on the path of a session (AWS Glue's "Using data lake frameworks").
_MODULES_OF_FORMATS = {"delta": "delta"}
_ENV_VAR = re.compile(
    r"""\{\{\s*env_var\(\s*(['"])(?P<name>\w+)\1\s*(?:,\s*(['"])(?P<default>[^'"{}]*)\3\s*)?\)\s*\}\}"""
)


@dataclass(frozen=True, slots=True)
class Target:
    """What is known of the sessions of one target.

    `packages` are requirements and files that every session installs or has on its path, `modules`
    further import names, `ansi` tells that Spark may run in ANSI mode by the profile's `conf`.
    None and empty stand for what nobody says, or what only Jinja can tell.
    """

    name: str | None = None
    glue_version: str | None = None
    schema: str | None = None
    packages: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    ansi: bool = False

    @staticmethod
    def of(fields: Mapping[str, Any], name: str | None = None) -> Target:
        """The target of a profile's fields, as they stand in YAML or as dbt rendered them.

        A value that cannot be understood says nothing here: dbt tells what is wrong with it.
        """
        version = str(fields.get("glue_version"))
        schema = fields.get("schema")
        arguments = _understood(parse_arguments, fields.get("default_arguments")) or {}
        conf = _understood(parse_conf, fields.get("conf")) or {}
        formats = _understood(parse_names, fields.get("datalake_formats")) or ()
        return Target(
            name=name,
            glue_version=version if version in GLUE_VERSIONS else None,
            schema=schema if isinstance(schema, str) and schema else None,
            packages=(
                *(_understood(requirement_texts, fields.get("packages")) or ()),
                *requirement_texts(arguments.get(ADDITIONAL_PYTHON_MODULES)),
                *(_understood(parse_names, fields.get("additional_libs")) or ()),
                *(_understood(parse_names, fields.get("extra_py_files")) or ()),
            ),
            modules=tuple(
                _MODULES_OF_FORMATS[item] for item in formats if item in _MODULES_OF_FORMATS
            ),
            ansi=any(".ansi." in key for key in conf),
        )


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """Which profile counts, as dbt's options `--profiles-dir`, `--profile` and `--target` say; None for its defaults."""

    profiles_dir: str | None = None
    profile: str | None = None
    target: str | None = None


def profiles_places(root: Path, profiles_dir: str | None = None) -> tuple[Path, ...]:
    """Where profiles.yml of a project may be: in the folder that is named, else in the project, else in ~/.dbt."""
    named = profiles_dir or dbt_variable("PROFILES_DIR")
    folders = [Path(named).expanduser()] if named else [root, Path.home() / ".dbt"]
    return tuple(folder / PROFILES for folder in folders)


def profiles_file(root: Path, profiles_dir: str | None = None) -> Path | None:
    """The profiles.yml of a project, the first that is there; None for none."""
    places = profiles_places(root, profiles_dir)
    return next((file for file in places if file.is_file()), None)


def read_target(root: Path, choice: ProfileChoice | None = None) -> Target:
    """What the chosen target says; an empty one when there is none, or it is of another adapter.

    Of Jinja, `env_var("NAME")` and `env_var("NAME", "default")` are understood where they are a
    whole value; a field with anything else counts as not said. Files that cannot be read say
    nothing: dbt itself tells what is wrong with them.
    """
    read = read_profile(root, choice)
    if not isinstance(read, ReadProfile) or read.fields.get("type", "glue") != "glue":
        return Target()
    return Target.of({key: read.fields[key] for key in FIELDS if key in read.fields}, read.target)


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """A target of a profile with all of its fields, read without dbt.

    `unread` are the fields that hold Jinja which only dbt can render; they are not in `fields`.
    """

    file: Path
    profile: str
    target: str
    fields: Mapping[str, Any]
    unread: tuple[str, ...] = ()


def read_profile(root: Path, choice: ProfileChoice | None = None) -> ReadProfile | str:
    """The chosen target, or a sentence that says why there is none."""
    chosen = choice or ProfileChoice()
    profile = chosen.profile or dbt_variable("PROFILE")
    profile = profile or _mapping(root / "dbt_project.yml").get("profile")
    file = profiles_file(root, chosen.profiles_dir)
    if not isinstance(profile, str):
        return f"{root / 'dbt_project.yml'} names no profile"
    if file is None:
        places = " or ".join(map(str, profiles_places(root, chosen.profiles_dir)))
        return f"there is no {places}"
    found = _mapping(file).get(profile)
    if not isinstance(found, dict) or not isinstance(found.get("outputs"), dict):
        return f"{file} has no profile {profile!r} with `outputs`"
    target = chosen.target or dbt_variable("TARGET") or found.get("target") or "default"
    target = _rendered(target)
    fields = found["outputs"].get(target) if isinstance(target, str) else None
    if not isinstance(fields, dict):
        return f"{file}: the profile {profile!r} has no target {target!r}"
    said = {str(key): _rendered(value) for key, value in fields.items()}
    unread = [key for key, value in said.items() if value is None and fields[key] is not None]
    kept = {key: value for key, value in said.items() if value is not None}
    return ReadProfile(file, profile, str(target), kept, tuple(unread))


def _rendered(value: Any) -> Any:
    """A value of YAML with its environment variables; None where only Jinja could tell."""
    if isinstance(value, list):
        items = [_rendered(item) for item in value]
        return [item for item in items if item is not None]
    if isinstance(value, dict):
        pairs = ((str(key), _rendered(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not None}
    if not is_jinja(value):
        return value
    match = _ENV_VAR.fullmatch(value.strip())
    return None if match is None else os.environ.get(match["name"], match["default"])


def _understood(parse: Callable[[Any], Any], value: object) -> Any:
    try:
        return parse(value)
    except (TypeError, ValueError):
        return None


def _mapping(path: Path) -> dict[str, Any]:
    import yaml

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return data if isinstance(data, dict) else {}
