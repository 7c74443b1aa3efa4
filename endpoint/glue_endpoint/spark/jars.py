"""The jars of table formats on this machine: fetched once per user, whole and as pinned or not there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from glue_endpoint.folders import cache_folder
from glue_endpoint.spark import jvm
from glue_endpoint.spark.formats import FORMATS, FormatUnavailable, Jar
from glue_endpoint.spark.ivy import Ivy, ResolutionFailed, ivy
from glue_endpoint.spark.java_home import Java, find_java

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

PATIENCE = 120.0
"""Seconds without a single byte after which a repository is given up."""

_FETCHING = ".fetching-"
_STEP = 10
"""Percent between two lines that say how far a file has come."""

_NO_SETTINGS: Mapping[str, str] = {}


class JarCache:
    """A folder of jars, by default `jars` in the user's cache folder; several processes may use it at once.

    A jar lies in it below the start of its SHA-256, which is compared before it gets there. Its size is
    looked at on each use.
    """

    def __init__(self, folder: Path | None = None, patience: float = PATIENCE) -> None:
        self.folder = folder or cache_folder() / "jars"
        self._patience = patience

    def path(self, jar: Jar) -> Path:
        """Where a jar is, or will be."""
        return self.folder / jar.sha256[:16] / jar.file_name

    def missing(self, jars: Iterable[Jar]) -> list[Jar]:
        """Those that are not here, or not whole."""
        return [jar for jar in dict.fromkeys(jars) if _size(self.path(jar)) != jar.size]

    def paths(
        self,
        jars: Sequence[Jar],
        *,
        report: Callable[[str], None],
        settings: Mapping[str, str] = _NO_SETTINGS,
        java: Callable[[], Java] = find_java,
        spark_jars: Callable[[], Sequence[Path]] = jvm.spark_jars,
    ) -> list[Path]:
        """The files of jars, in their order; those that are missing are fetched, which takes its time.

        `report` gets lines for people. `settings` are Spark's: see ivy.py. `java` and `spark_jars` are
        what fetches, and are asked for only then. Raises FormatUnavailable, with what could not be
        had, why, and what to do; EndpointStartError where no JVM can be started.
        """
        if self.missing(jars):
            try:
                with self._alone(report):
                    self._fetch(jars, report, settings, java, spark_jars)
            except OSError as error:
                names = ", ".join(jar.file_name for jar in self.missing(jars))
                raise FormatUnavailable(
                    f"{names}: {self.folder} cannot be written: {error.strerror or error}. Next: make room "
                    "or rights there, or name another cache folder in XDG_CACHE_HOME."
                ) from error
        return [self.path(jar) for jar in jars]

    @contextlib.contextmanager
    def _alone(self, report: Callable[[str], None]) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            report("waiting: another session or command is fetching jars")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _fetch(
        self,
        jars: Sequence[Jar],
        report: Callable[[str], None],
        settings: Mapping[str, str],
        java: Callable[[], Java],
        spark_jars: Callable[[], Sequence[Path]],
    ) -> None:
        for left in self.folder.glob(f"{_FETCHING}*"):  # of a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=_FETCHING) as folder:
            home = Path(folder)
            wanted = [
                jar for jar in self.missing(jars) if not self._take_from_maven(jar, home, report)
            ]
            if not wanted:
                return
            with ivy(java(), spark_jars(), home, settings, self._patience) as resolver:
                for number, jar in enumerate(wanted, 1):
                    self._fetch_one(jar, f"{number} of {len(wanted)}", resolver, report)

    def _fetch_one(
        self, jar: Jar, which: str, resolver: Ivy, report: Callable[[str], None]
    ) -> None:
        report(f"fetching {jar.file_name} ({megabytes(jar.size)}), {which}")
        began = time.monotonic()
        told = 0

        def tell(come: int) -> None:
            nonlocal told
            percent = min(99, 100 * come // jar.size)
            if percent >= told + _STEP and time.monotonic() - began > 1:
                told = percent - percent % _STEP
                report(f"{jar.file_name}: {told} % of {megabytes(jar.size)}")

        try:
            fetched = resolver.fetch(jar, tell)
        except ResolutionFailed as error:
            raise FormatUnavailable(
                f"{jar.file_name} ({jar.coordinate}) could not be fetched: {error}. {_next_steps(jar)}"
            ) from error
        if not _is(jar, fetched):
            raise FormatUnavailable(_unlike_the_pin(jar, fetched))
        self._keep(jar, fetched)
        report(f"fetched {jar.file_name} in {time.monotonic() - began:.1f} s")

    def _take_from_maven(self, jar: Jar, home: Path, report: Callable[[str], None]) -> bool:
        """Whether Maven's local repository has the jar as it is pinned; then a copy of it is kept.

        Ivy looks there too, but takes a jar only together with its .pom, which Maven may not have fetched.
        """
        here = _maven_path(jar)
        if _size(here) != jar.size or not os.access(here, os.R_OK):
            return False
        copied = Path(shutil.copyfile(here, home / jar.file_name))
        if not _is(jar, copied):
            return False
        self._keep(jar, copied)
        report(f"copied {jar.file_name} from {here.parent}")
        return True

    def _keep(self, jar: Jar, file: Path) -> None:
        place = self.path(jar)
        place.parent.mkdir(exist_ok=True)
        file.replace(place)


def megabytes(size: int) -> str:
    """Bytes for people, in MB; below one in kB."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _maven_path(jar: Jar) -> Path:
    group = jar.group.replace(".", "/")
    repository = Path.home() / ".m2" / "repository"
    return repository / group / jar.artifact / jar.version / jar.file_name


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None


def _is(jar: Jar, file: Path) -> bool:
    return _size(file) == jar.size and _sha256(file) == jar.sha256


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(2**20):
            digest.update(chunk)
    return digest.hexdigest()


def _unlike_the_pin(jar: Jar, file: Path) -> str:
    local = _maven_path(jar)
    origin = f"remove {local}, if it came from there, or " if local.exists() else ""
    return (
        f"{jar.file_name} ({jar.coordinate}) is not what it should be: {_size(file):,} bytes with SHA-256 "
        f"{_sha256(file)} came, {jar.size:,} bytes with SHA-256 {jar.sha256} were expected. It is not used. "
        f"Next: {origin}see which repository or mirror gave it (spark.jars.ivySettings, "
        "spark.jars.repositories, DEFAULT_ARTIFACT_REPOSITORY)."
    )


def _next_steps(jar: Jar) -> str:
    wanted = next(
        (
            f"{name} --glue-version {glue}"
            for name, each in FORMATS.items()
            for glue, jars in each.jars.items()
            if not isinstance(jars, str) and jar in jars
        ),
        "FORMAT",
    )
    return (
        f"Next: where there is a network, run `dbt-glue endpoint formats install {wanted}`; behind a mirror, "
        "name it in Spark's settings spark.jars.ivySettings or spark.jars.repositories, or in the variable "
        "DEFAULT_ARTIFACT_REPOSITORY; or bring jars of your own (`extra_jars`)."
    )
