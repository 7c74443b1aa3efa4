"""The Sparks of Glue versions beside the installed one, each in a Python environment of its own.

An environment has PySpark and the packages of a Glue version (glue_versions.py). It lies in the user's cache
folder, `sparks/<Spark's version>-py<Python's>-<digest of what is in it>`, is made beside its place and renamed
once PySpark was imported from it: what an interrupted installation left is never used, nor in anybody's way.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glue_endpoint.errors import EndpointStartError
from glue_endpoint.folders import cache_folder
from glue_endpoint.spark import installer, jvm
from glue_endpoint.spark.glue_versions import (
    PACKAGES_OF_GLUE,
    PYTHONS_OF_SPARK,
    SPARK_OF_GLUE,
    requirements_of,
    spark_line,
)
from glue_endpoint.spark.java_home import find_java

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPARK_VARIABLE = "DBT_GLUE_ENDPOINT_SPARK"
"""`installed` keeps the installed Spark for all Glue versions; `glue`, or nothing: the Spark of each version."""

_MAKING = ".making-"
_COMPLETE = "dbt-glue.json"
_NEEDED_BYTES = 2 * 2**30
"""While one is made: PySpark comes as a file of 430 MB, becomes a wheel, and lies there as 700 MB."""
_UNUSED_DAYS = 60
_TELL_EVERY = 10.0
_FORGIVEN_AFTER = 300.0
"""Seconds after which an environment that could not be made is tried again for a session."""

_CHECK = "import pyspark.sql, pandas, pyarrow, numpy; print(pyspark.__version__)"


class SparkUnavailable(Exception):
    """The Spark of a Glue version is not to be had here; the message says why, and what to do."""


@dataclass(frozen=True)
class SparkEnvironment:
    """A PySpark in an environment of its own: its version and the environment's folder."""

    version: str
    folder: Path

    @property
    def python(self) -> str:
        """The interpreter that has it."""
        return str(self.folder / "bin" / "python")

    @property
    def site_packages(self) -> Path:
        """Where its packages are. Raises FileNotFoundError for an environment that is gone."""
        for found in self.folder.glob("lib/python*/site-packages"):
            return found
        raise FileNotFoundError(f"{self.folder} is no environment")

    @property
    def package(self) -> Path:
        """The folder of PySpark, as jvm.spark_jars takes it."""
        return self.site_packages / "pyspark"

    @property
    def whole(self) -> bool:
        """Whether it is there, with an interpreter that is still installed."""
        return (self.folder / _COMPLETE).is_file() and os.access(self.python, os.X_OK)


class SparkCache:
    """A folder of environments, by default `sparks` in the user's cache folder; several processes may use it at once."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or cache_folder() / "sparks"

    def place(self, glue_version: str) -> Path:
        """Where the environment of a Glue version is, or will be. Raises KeyError where there is none."""
        digest = hashlib.sha256("\n".join(requirements_of(glue_version)).encode()).hexdigest()[:6]
        python = f"py{sys.version_info.major}.{sys.version_info.minor}"
        return self.folder / f"{SPARK_OF_GLUE[glue_version]}-{python}-{digest}"

    def find(self, glue_version: str) -> SparkEnvironment | None:
        """The environment of a Glue version, if it is there and whole."""
        if glue_version not in PACKAGES_OF_GLUE:
            return None
        found = SparkEnvironment(SPARK_OF_GLUE[glue_version], self.place(glue_version))
        return found if found.whole else None

    def make(self, glue_version: str, report: Callable[[str], None]) -> SparkEnvironment:
        """The environment of a Glue version, made unless it is there; `report` gets lines for people.

        Raises SparkUnavailable.
        """
        self._refuse_the_impossible(glue_version)
        found = self.find(glue_version)
        try:
            if found is None:
                with self._alone(glue_version, report):
                    # Another process may have made it meanwhile.
                    found = self.find(glue_version) or self._make(glue_version, report)
            with contextlib.suppress(OSError):
                os.utime(found.folder / _COMPLETE)  # it is in use: see _remove_unused
        except OSError as error:
            raise SparkUnavailable(
                f"{self.folder} cannot be written: {error.strerror or error}. Next: make room or rights there, "
                "or name another cache folder in XDG_CACHE_HOME."
            ) from error
        return found

    # -- making one ----------------------------------------------------------------------------

    def _refuse_the_impossible(self, glue_version: str) -> None:
        if glue_version not in PACKAGES_OF_GLUE:
            having = ", ".join(PACKAGES_OF_GLUE)
            raise SparkUnavailable(f"there is no environment for it, but for Glue {having}")
        spark = SPARK_OF_GLUE[glue_version]
        oldest, newest = PYTHONS_OF_SPARK[spark_line(spark)]
        if not oldest <= sys.version_info[:2] <= newest:
            raise SparkUnavailable(
                f"Spark {spark} runs on Python {_dotted(oldest)} to {_dotted(newest)}, and this is Python "
                f"{_dotted(sys.version_info[:2])} ({sys.executable}). Next: run dbt on Python 3.11."
            )
        try:
            find_java(spark)
        except EndpointStartError as error:
            raise SparkUnavailable(str(error)) from error

    @contextlib.contextmanager
    def _alone(self, glue_version: str, report: Callable[[str], None]) -> Iterator[None]:
        # Not with this module: dbt asks it about packages in every run, and locks nothing.
        from filelock import FileLock, Timeout

        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{self.place(glue_version)}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            report(
                f"waiting: another session or command is installing Spark {SPARK_OF_GLUE[glue_version]}"
            )
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _make(self, glue_version: str, report: Callable[[str], None]) -> SparkEnvironment:
        spark, place = SPARK_OF_GLUE[glue_version], self.place(glue_version)
        self._remove_left(place)
        free = shutil.disk_usage(self.folder).free
        if free < _NEEDED_BYTES:
            raise SparkUnavailable(
                f"{self.folder} has {free / 1e9:.1f} GB free, and making Spark {spark} takes "
                f"{_NEEDED_BYTES / 1e9:.1f} GB. Next: make room, or name another cache folder in XDG_CACHE_HOME."
            )
        began = time.monotonic()
        report(
            f"installing Spark {spark} for Glue {glue_version}, once for this user (about 430 MB)"
        )
        making = Path(tempfile.mkdtemp(prefix=f"{_MAKING}{place.name}-", dir=self.folder))
        try:
            self._fill(making, glue_version, report)
            made = {"spark": spark, "requirements": requirements_of(glue_version)}
            (making / _COMPLETE).write_text(json.dumps(made, indent=2), encoding="utf-8")
            making.replace(place)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        report(f"installed Spark {spark} in {time.monotonic() - began:.0f} s: {place}")
        return SparkEnvironment(spark, place)

    def _fill(self, making: Path, glue_version: str, report: Callable[[str], None]) -> None:
        spark = SPARK_OF_GLUE[glue_version]
        venv.EnvBuilder(symlinks=True, with_pip=False).create(making)
        python = making / "bin" / "python"
        scratch = making / "tmp"
        scratch.mkdir()
        told = written = 0.0

        def tell(passed: float) -> None:
            nonlocal told, written
            if passed - told >= _TELL_EVERY:
                told = passed
                written = max(written, _megabytes_below(making))
                report(f"installing Spark {spark}: {written:.0f} MB written after {passed:.0f} s")

        variables = installer.installer_environment(TMPDIR=str(scratch))
        command = [*_installer(python), *requirements_of(glue_version)]
        try:
            installer.run_installer(command, making, variables, f"Spark {spark}", tell)
        except installer.InstallationFailed as error:
            raise SparkUnavailable(_not_installed(glue_version, str(error))) from error
        shutil.rmtree(scratch, ignore_errors=True)
        isolated = {key: value for key, value in os.environ.items() if key != "SPARK_HOME"}
        checked = subprocess.run(
            [str(python), "-I", "-c", _CHECK],
            capture_output=True,
            text=True,
            env=isolated,
            check=False,
        )
        if checked.stdout.strip() != spark:
            said = installer.last_lines(checked.stdout + checked.stderr)
            raise SparkUnavailable(_not_installed(glue_version, f"it cannot be imported:\n{said}"))

    def _remove_left(self, place: Path) -> None:
        """Away with what a killed process left of this environment, and with ones that nobody has used for long."""
        shutil.rmtree(place, ignore_errors=True)
        for left in self.folder.glob(f"{_MAKING}{place.name}-*"):
            shutil.rmtree(left, ignore_errors=True)
        oldest = time.time() - _UNUSED_DAYS * 86_400
        for marker in self.folder.glob(f"*/{_COMPLETE}"):
            if marker.stat().st_mtime < oldest:
                marker.unlink(missing_ok=True)  # from here on it is no environment
                shutil.rmtree(marker.parent, ignore_errors=True)


class Sparks:
    """The Spark of each session of an endpoint. An environment that could not be made is not tried for every session."""

    def __init__(self, cache: SparkCache | None = None) -> None:
        self._cache = cache or SparkCache()
        self._lock = threading.Lock()
        self._failed: dict[str, tuple[float, str]] = {}

    def of(
        self, glue_version: str, report: Callable[[str], None]
    ) -> tuple[SparkEnvironment | None, str]:
        """The environment for a Glue version, or None for the installed Spark; why that one, where another is meant.

        An environment that is not there is made, which takes a minute. Raises SparkUnavailable for a value of
        SPARK_VARIABLE that means nothing, EndpointStartError where no PySpark is installed.
        """
        if kept_installed():
            return None, f"{SPARK_VARIABLE}=installed"
        if not needs_environment(glue_version):
            return None, ""
        with self._lock:
            when, why = self._failed.get(glue_version, (0.0, ""))
        if why and time.monotonic() - when < _FORGIVEN_AFTER:
            return None, why
        try:
            return self._cache.make(glue_version, report), ""
        except SparkUnavailable as error:
            with self._lock:
                self._failed[glue_version] = (time.monotonic(), str(error))
            return None, str(error)


def kept_installed() -> bool:
    """Whether SPARK_VARIABLE says so. Raises SparkUnavailable for a value that means nothing."""
    said = os.environ.get(SPARK_VARIABLE, "")
    if said not in ("", "glue", "installed"):
        raise SparkUnavailable(
            f"{SPARK_VARIABLE}={said}: it takes `glue`, for the Spark of the session's Glue version, or "
            "`installed`, for the installed one."
        )
    return said == "installed"


def needs_environment(glue_version: str) -> bool:
    """Whether a Glue version runs another Spark than the installed one. Raises EndpointStartError where there is none."""
    meant = SPARK_OF_GLUE.get(glue_version)
    return meant is not None and meant != jvm.installed_spark_version()


def version_in_session(name: str, glue_version: str) -> str | None:
    """The version of a Python package that a session of a Glue version has here, without installing anything.

    It is asked of the Spark that the session will run on: an environment that is not made yet has what it will be
    made of.
    """
    if not _is_elsewhere(glue_version):
        return version_in(None, name)
    found = SparkCache().find(glue_version)
    if found is not None:
        return version_in(found, name)
    from packaging.requirements import Requirement

    for pin in map(Requirement, requirements_of(glue_version)):
        exact = [each.version for each in pin.specifier if each.operator == "=="]
        if pin.name == name and exact and (pin.marker is None or pin.marker.evaluate()):
            return exact[0]
    return None


def version_in(environment: SparkEnvironment | None, name: str) -> str | None:
    """The version of a package in an environment, or beside the endpoint (None); None where it is missing."""
    path = sys.path if environment is None else [str(environment.site_packages)]
    found = next(iter(importlib.metadata.distributions(name=name, path=path)), None)
    return None if found is None else found.version


def _is_elsewhere(glue_version: str) -> bool:
    """Whether sessions of a Glue version run in an environment: False also where nothing can run."""
    if glue_version not in PACKAGES_OF_GLUE:
        return False
    try:
        return needs_environment(glue_version) and not kept_installed()
    except (EndpointStartError, SparkUnavailable):
        return False


def _installer(python: Path) -> list[str]:
    """The command that installs into an environment what is written after it. Raises SparkUnavailable."""
    # Compiled files would cost ten seconds here: Python writes them for what is imported.
    command = installer.command_for(python, of_pip=("--no-compile",))
    if not command:
        raise SparkUnavailable(
            f"{sys.executable} has neither pip 22.3 nor uv to install with. Next: `python -m pip install -U pip`."
        )
    return command


def _not_installed(glue_version: str, said: str) -> str:
    return (
        f"Spark {SPARK_OF_GLUE[glue_version]} could not be installed: {said[-1000:]}\n"
        f"Next: where there is a network, run `dbt-glue endpoint sparks install {glue_version}`; behind a mirror, "
        "name it as pip's users do (pip.conf, PIP_INDEX_URL)."
    )


def _megabytes_below(folder: Path) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for file in files:
            with contextlib.suppress(OSError):
                total += os.lstat(f"{place}/{file}").st_size
    return total // 10**6


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
