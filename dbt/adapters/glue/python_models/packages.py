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
    from dbt.adapters.glue.sessions.environment import Environment

__all__ = ["ModelPackages"]


class ModelPackages:
    """The packages and modules that the models of the project in `root` ask for by their configs."""

    def __init__(self, credentials: GlueCredentials, root: Path) -> None:
        self._credentials = credentials
        self._root = root

    def environment_of(self, config: Mapping[str, Any], base: Environment) -> Environment:
        """The session environment that a model needs: the profile's, with what its packages add to it.

        A package that is there in a version that meets the requirement adds nothing, so that models
        which ask for what is there share the profile's session: on AWS what its list says of the Glue
        version, on the embedded endpoint what is installed beside it. A package that the profile asks
        for in another version is not there in that sense. Raises DbtRuntimeError for a file that is not there.
        """
        local = self._credentials.is_local
        asked_for = {
            parse_requirement(text).name
            for text in split_requirements(base.arguments.get(MODULES, ""))
        }
        wanted = [
            text
            for text in requirement_texts(config.get("packages"))
            if (requirement := parse_requirement(text)).name in asked_for
            or not is_there(requirement, base.glue_version, local=local)
        ]
        in_arguments = [lib for lib in self._libs(config) if local or is_remote(lib)]
        if not wanted and not in_arguments:
            return base
        made = base.with_packages(wanted, in_arguments, file_hashes(in_arguments))
        if local:
            state = endpoint_state_dir(self._credentials, str(self._root)).resolve()
            made = replace(made, arguments=spilled(made.arguments, state / "requirements"))
        return made

    def with_modules(self, config: Mapping[str, Any], statements: Sequence[str]) -> tuple[str, ...]:
        """A program's statements with the model's `python_modules` before them.

        AWS reads no files of this machine, so that local zips and pure Python wheels of
        `additional_libs` travel in the same way. Raises DbtRuntimeError for what cannot.
        """
        modules = parse_names(config.get("python_modules"))
        archives = []
        if not self._credentials.is_local:
            archives = [Path(lib) for lib in self._libs(config) if not is_remote(lib)]
        if not modules and not archives:
            return tuple(statements)
        for archive in archives:
            _check_can_travel(archive)
        return with_modules(pack_modules(self._root, modules, archives), statements)

    def _libs(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        return absolute_libs(parse_names(config.get("additional_libs")), self._root)


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
