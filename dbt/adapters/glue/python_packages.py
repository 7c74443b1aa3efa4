"""What a Python model needs beside its own text: the environment of its session, the modules shipped with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.requirement import (
    parse_requirement,
    requirement_texts,
    split_requirements,
)
from glue_compiler.project.profile_values import parse_names

from dbt.adapters.glue.aws import endpoint_state_dir
from dbt.adapters.glue.sessions.packages import (
    MODULES,
    absolute_libs,
    file_hashes,
    is_remote,
    is_there,
    spilled,
)
from dbt.adapters.glue.shipped_modules import pack_modules, with_modules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.impl import GlueAdapter
    from dbt.adapters.glue.sessions.environment import Environment

__all__ = ["environment_of", "profile_requirements", "statements_with_modules"]


def environment_of(
    adapter: GlueAdapter, config: Mapping[str, Any], base: Environment
) -> Environment:
    """The session environment that a model needs: the profile's, with what its packages add to it.

    A package that is there in a version that meets the requirement adds nothing, so that models
    which ask for what is there share the profile's session: on AWS what its list says of the Glue
    version, on the embedded endpoint what is installed beside it. A package that the profile asks
    for in another version is not there in that sense. Raises DbtRuntimeError for a file that is not there.
    """
    local = adapter.credentials.is_local
    asked_for = {
        parse_requirement(text).name for text in split_requirements(base.arguments.get(MODULES, ""))
    }
    wanted = [
        text
        for text in requirement_texts(config.get("packages"))
        if (requirement := parse_requirement(text)).name in asked_for
        or not is_there(requirement, base.glue_version, local=local)
    ]
    libs = _libs(adapter, config)
    in_arguments = [lib for lib in libs if local or is_remote(lib)]
    if not wanted and not in_arguments:
        return base
    made = base.with_packages(wanted, in_arguments, file_hashes(in_arguments))
    if local:
        root = adapter.config.project_root
        folder = endpoint_state_dir(adapter.credentials, str(root)).resolve() / "requirements"
        made = replace(made, arguments=spilled(made.arguments, folder))
    return made


def profile_requirements(credentials: GlueCredentials) -> tuple[str, ...]:
    """What every session of the profile installs or finds on its path, for the checks of models."""
    return (
        *requirement_texts(credentials.packages),
        *requirement_texts(credentials.session_arguments().get(MODULES)),
        *parse_names(credentials.additional_libs),
        *parse_names(credentials.extra_py_files),
    )


def statements_with_modules(
    adapter: GlueAdapter, config: Mapping[str, Any], statements: Sequence[str]
) -> tuple[str, ...]:
    """A program's statements with the model's `python_modules` before them.

    AWS reads no files of this machine, so that local zips and pure Python wheels of
    `additional_libs` travel in the same way. Raises DbtRuntimeError for what cannot.
    """
    modules = parse_names(config.get("python_modules"))
    archives = []
    if not adapter.credentials.is_local:
        archives = [Path(lib) for lib in _libs(adapter, config) if not is_remote(lib)]
    if not modules and not archives:
        return tuple(statements)
    for archive in archives:
        _check_can_travel(archive)
    root = Path(str(adapter.config.project_root))
    return with_modules(pack_modules(root, modules, archives), statements)


def _libs(adapter: GlueAdapter, config: Mapping[str, Any]) -> tuple[str, ...]:
    root = Path(str(adapter.config.project_root))
    return absolute_libs(parse_names(config.get("additional_libs")), root)


def _check_can_travel(lib: Path) -> None:
    if not lib.is_file():
        raise DbtRuntimeError(f"additional_libs: {lib} does not exist or is no file")
    if lib.name.endswith((".py", "-none-any.whl")) or (
        lib.suffix == ".zip" and not lib.name.endswith(".gluewheels.zip")
    ):
        return
    raise DbtRuntimeError(
        f"additional_libs: {lib} is a file of this machine, which Glue cannot read and which does "
        "not run from the import path. Upload it: additional_libs: [s3://bucket/"
        f"{lib.name}]"
    )
