"""The virtual environment of a session that asks for packages: made once, kept by fingerprint, whole or not there.

An environment sees what the Python of the session's Spark has (PySpark, pandas, ...), the endpoint's own or
that of an environment (spark/sparks.py), with its own packages first. It is installed with the endpoint's pip,
which sees those packages too and brings only what is missing; where there is no pip, with uv, or with the pip
that Python ships. Environments live in the user's cache folder, `venvs/<fingerprint>`; its file COMPLETE is
written last, so that what an interrupted installation left is never used.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock
from packaging.requirements import InvalidRequirement, Requirement

from glue_endpoint.folders import cache_folder
from glue_endpoint.sessions.arguments import EnvironmentUnavailable, list_entries, local_path
from glue_endpoint.spark import installer
from glue_endpoint.spark.sparks import version_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.spark.sparks import SparkEnvironment

logger = logging.getLogger(__name__)

MODULES = "--additional-python-modules"
OPTIONS = "--python-modules-installer-option"
COMPLETE = "dbt-glue.json"

_UNUSED_DAYS = 60
"""Environments that no session has used for so long are removed when another is made."""

_FILES = (".whl", ".zip", ".txt", ".tar.gz")


@dataclass(frozen=True)
class Packages:
    """What a session is to install: requirements, files (wheels, zips of wheels, requirements files), options."""

    requirements: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    options: tuple[str, ...] = ()
    spark: SparkEnvironment | None = None
    """Over whose packages they come; None: the endpoint's own."""

    @classmethod
    def of(
        cls,
        default_arguments: Mapping[str, str],
        buckets: Buckets,
        spark: SparkEnvironment | None = None,
    ) -> Packages:
        """What DefaultArguments ask for and the Python of the session's Spark lacks.

        Raises EnvironmentUnavailable for a file that is not there.
        """
        requirements: list[str] = []
        files: list[Path] = []
        for entry in list_entries(default_arguments.get(MODULES, "")):
            if (
                entry.lower().endswith(_FILES)
                and " @ " not in entry
                and "+" not in entry.split(":")[0]
            ):
                if entry.startswith(("http://", "https://")):
                    requirements.append(entry)
                else:
                    files.append(_existing(entry, buckets))
            elif not _installed(entry, spark):
                requirements.append(entry)
        try:
            options = shlex.split(default_arguments.get(OPTIONS, ""))
        except ValueError as error:
            raise EnvironmentUnavailable(f"{OPTIONS}: {error}") from error
        # Glue wants `-r` with a requirements file; here a file's name tells what it is.
        kept = tuple(option for option in options if option not in ("-r", "--requirement"))
        return cls(tuple(requirements), tuple(files), kept, spark)

    @property
    def names(self) -> str:
        """For people."""
        return ", ".join([*self.requirements, *(file.name for file in self.files)])

    def fingerprint(self) -> str:
        """The same for the same packages over the same Python with the same packages of its own."""
        own = sorted(
            f"{distribution.name}=={distribution.version}"
            for distribution in importlib.metadata.distributions(path=_own_path(self.spark))
        )
        base = [] if self.spark is None else [str(self.spark.folder)]
        parts = [
            [sys.executable, sys.prefix, sys.version, *base],
            own,
            sorted(set(self.requirements)),
            sorted(
                [file.name, hashlib.sha256(file.read_bytes()).hexdigest()] for file in self.files
            ),
            list(self.options),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def python_for(
    default_arguments: Mapping[str, str],
    buckets: Buckets,
    on_progress: Callable[[str], None] = logger.info,
    folder: Path | None = None,
    *,
    spark: SparkEnvironment | None = None,
) -> str:
    """The Python executable for a session with these arguments.

    The Python of its Spark (None: the endpoint's own) serves as long as it has what
    `--additional-python-modules` lists; else an environment below `folder` (the user's cache) does, which is
    made if it is not there.
    Raises EnvironmentUnavailable with the package that could not be installed and what the
    installer said of it.
    """
    wanted = Packages.of(default_arguments, buckets, spark)
    if not wanted.requirements and not wanted.files:
        return sys.executable if spark is None else spark.python
    try:
        return str(_environment(wanted, folder or cache_folder() / "venvs", on_progress))
    except OSError as error:
        raise EnvironmentUnavailable(
            f"{MODULES}: {wanted.names}: the environment cannot be written: {error}"
        ) from error


def _existing(location: str, buckets: Buckets) -> Path:
    file = local_path(location, buckets, MODULES)
    if not file.is_file():
        raise EnvironmentUnavailable(f"{MODULES}: {location} does not exist ({file})")
    return file


def _installed(wanted: str, spark: SparkEnvironment | None) -> bool:
    try:
        requirement = Requirement(wanted)
    except InvalidRequirement:
        return False
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    if requirement.url is not None or requirement.extras:
        return False
    found = version_in(spark, requirement.name)
    return found is not None and requirement.specifier.contains(found, prereleases=True)


def _own_path(spark: SparkEnvironment | None) -> list[str]:
    """Where the packages are that a session has without installing any."""
    return sys.path if spark is None else [str(spark.site_packages)]


# -- making an environment -------------------------------------------------------------------------


def _environment(wanted: Packages, folder: Path, on_progress: Callable[[str], None]) -> Path:
    place = folder / wanted.fingerprint()
    python = place / "bin" / "python"
    if _whole(place):
        return python
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place}.lock"):
        if _whole(place):  # another process has made it meanwhile
            return python
        _remove_unused(folder)
        began = time.monotonic()
        on_progress(f"installing {wanted.names}")
        # Made where it stays: scripts and compiled files name their place.
        shutil.rmtree(place, ignore_errors=True)
        try:
            _make(place, wanted.spark)
            _install(wanted, place, python)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        made = {"packages": [*wanted.requirements, *(file.name for file in wanted.files)]}
        written = place / f"{COMPLETE}.part"
        written.write_text(json.dumps(made), encoding="utf-8")
        written.replace(place / COMPLETE)
        on_progress(f"installed {wanted.names} in {time.monotonic() - began:.1f} s: {place}")
    return python


def _whole(place: Path) -> bool:
    try:
        os.utime(place / COMPLETE)  # it is in use: see _remove_unused
    except FileNotFoundError:
        return False
    return True


def _make(place: Path, spark: SparkEnvironment | None) -> None:
    """An empty environment that sees the packages of its Spark's Python after its own."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(place)
    (site_packages,) = place.glob("lib/python*/site-packages")
    path = _own_path(spark)
    own = [entry for entry in path if entry.endswith(("site-packages", "dist-packages"))]
    # addsitedir, unlike a plain line, also honours the .pth files of those folders.
    (site_packages / "_endpoint.pth").write_text(
        "".join(f"import site; site.addsitedir({entry!r})\n" for entry in own), encoding="utf-8"
    )


def _install(wanted: Packages, place: Path, python: Path) -> None:
    targets: list[str] = [*wanted.requirements]
    for file in wanted.files:
        if file.suffix == ".txt":
            targets += ["-r", str(file)]
        elif file.suffix == ".zip":
            targets += _wheels(file, place / "wheels")
        else:
            targets.append(str(file))
    environment = installer.installer_environment()
    command = [*_installer(wanted, place, python, environment), *wanted.options, *targets]
    try:
        installer.run_installer(command, place, environment, place.name)
    except installer.InstallationFailed as error:
        raise EnvironmentUnavailable(_failure(wanted, str(error))) from error


def _installer(
    wanted: Packages, place: Path, python: Path, environment: Mapping[str, str]
) -> list[str]:
    """The command that installs into an environment what is written after it."""
    if wanted.spark is None and importlib.util.find_spec("pip") is not None:
        return [str(python), "-m", "pip", "install", *installer.PIP_OPTIONS]
    # uv sees the environment alone, so it is told what its Spark has.
    constraints = place / "constraints.txt"
    constraints.write_text(_own_versions(wanted.spark), encoding="utf-8")
    command = installer.command_for(python, of_uv=("--constraint", str(constraints)))
    if command:
        return command
    _bring_pip(python, environment)
    return [str(python), "-m", "pip", "install", *installer.PIP_OPTIONS]


def _own_versions(spark: SparkEnvironment | None) -> str:
    names = ("pyspark", "pandas", "numpy", "pyarrow")
    found = {name: version_in(spark, name) for name in names}
    return "".join(f"{name}=={version}\n" for name, version in found.items() if version)


def _bring_pip(python: Path, environment: Mapping[str, str]) -> None:
    command = [str(python), "-I", "-m", "ensurepip", "--default-pip"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=dict(environment), check=False
    )
    if done.returncode != 0:
        raise EnvironmentUnavailable(
            f"{MODULES}: {sys.executable} has neither pip nor uv nor ensurepip to install with. "
            f"Install pip there. ensurepip said: {installer.last_lines(done.stdout + done.stderr)}"
        )


def _wheels(archive: Path, folder: Path) -> list[str]:
    """The wheels in a zip of wheels, unpacked. Raises EnvironmentUnavailable for any other zip."""
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [name for name in opened.namelist() if name.endswith(".whl")]
            folder.mkdir(exist_ok=True)
            for name in names:
                (folder / Path(name).name).write_bytes(opened.read(name))
    except zipfile.BadZipFile as error:
        raise EnvironmentUnavailable(f"{MODULES}: {archive} is not a zip file") from error
    if not names:
        raise EnvironmentUnavailable(
            f"{MODULES}: {archive} contains no wheels; zips of modules belong in --extra-py-files"
        )
    return ["--find-links", str(folder), *(str(folder / Path(name).name) for name in names)]


def _failure(wanted: Packages, last: str) -> str:
    every = [*wanted.requirements, *(file.name for file in wanted.files)]
    blamed = [entry for entry in every if _named(entry, last)]
    return f"{MODULES}: {', '.join(blamed or every)} could not be installed:\n{last}"[:2000]


def _named(entry: str, text: str) -> bool:
    name = re.match(r"[A-Za-z0-9._-]+", entry.rpartition("/")[2])
    if name is None:
        return False
    return bool(re.search(rf"(?<![\w.-]){re.escape(name[0])}(?![\w-])", text, re.IGNORECASE))


def _remove_unused(folder: Path) -> None:
    oldest = time.time() - _UNUSED_DAYS * 86_400
    for marker in folder.glob(f"*/{COMPLETE}"):
        if marker.stat().st_mtime < oldest:
            marker.unlink()  # from here on it is no environment, whatever becomes of the rest
            shutil.rmtree(marker.parent, ignore_errors=True)
