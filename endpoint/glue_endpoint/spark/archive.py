"""A class-data-sharing archive: the JVM maps Spark's classes from a file instead of loading them.

It halves the cold start. An archive fits one class path (names, sizes and times of the jars) and
one JVM build, so it is keyed by both. It is made once, in the background, by a JVM that runs a few
statements on a scratch warehouse (`python -m glue_endpoint.process.archive_build`, 15 to 30 seconds at low
priority), and never replaced: a host that fails to start with it starts without and throws it away.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from glue_endpoint.folders import NEUTRAL_FOLDER, module_command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from glue_endpoint.spark.java_home import Java

logger = logging.getLogger(__name__)

KEPT = 5
"""How many archives (150 MB each) stay in the cache; the least recently used ones go."""

EXERCISE = 2
"""Which statements an archive is made with (process/archive_build.py): other ones are another archive."""

_NEEDED_BYTES = 600 * 2**20


class Archive:
    """The archive for one class path and one JVM build; it may not exist yet."""

    def __init__(
        self,
        cache: Path,
        java: Java,
        class_path: Sequence[Path],
        options: Sequence[str],
        made_by: Sequence[str] = (),
    ) -> None:
        """`made_by` are the arguments of the program that makes it."""
        self._java = java
        self._made_by = made_by
        made_for = (java.build, str(java.home), list(options), EXERCISE)
        digest = hashlib.sha256(repr(made_for).encode())
        for jar in class_path:
            status = jar.stat()
            digest.update(f"{jar}|{status.st_size}|{status.st_mtime_ns}\n".encode())
        self.path = cache / f"spark-{digest.hexdigest()[:16]}.jsa"

    @property
    def supported(self) -> bool:
        """Dynamic archives came with Java 13 (JEP 350)."""
        return self._java.major >= 13

    @property
    def ready(self) -> bool:
        """The archive is there and complete (its size is the one noted when it was made)."""
        try:
            noted = int(self._note.read_text())
            return self.path.stat().st_size == noted
        except (OSError, ValueError):
            return False

    def options(self) -> list[str]:
        """The JVM options that use the archive, or none."""
        if not self.supported or not self.ready:
            return []
        os.utime(self.path)
        return [
            f"-XX:SharedArchiveFile={self.path}",
            "-Xshare:auto",
            "-Xlog:cds=off",
            "-Xlog:cds+dynamic=off",
        ]

    def discard(self) -> None:
        """Forget an archive that a JVM did not start with."""
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def build_in_background(self) -> subprocess.Popen[bytes] | None:
        """Start making the archive, unless it is there, being made, or cannot be made here."""
        if not self.supported or self.ready:
            return None
        if shutil.disk_usage(self.path.parent).free < _NEEDED_BYTES:
            logger.info("too little room in %s for a class-data archive", self.path.parent)
            return None
        log = self.path.with_suffix(".log")
        with log.open("wb") as output:
            return subprocess.Popen(
                module_command("glue_endpoint.process.archive_build", *self._made_by),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=NEUTRAL_FOLDER,
                start_new_session=True,
                preexec_fn=_lower_priority,
            )

    @property
    def _note(self) -> Path:
        return self.path.with_suffix(".json")

    def keep(self, made: Path) -> None:
        """Put a finished archive in place and drop the oldest ones."""
        size = made.stat().st_size
        made.replace(self.path)
        note = made.with_suffix(".note")
        note.write_text(json.dumps(size))
        note.replace(self._note)
        archives = sorted(self.path.parent.glob("spark-*.jsa"), key=lambda f: -f.stat().st_mtime)
        for old in archives[KEPT:]:
            for file in (old, old.with_suffix(".json"), old.with_suffix(".log")):
                file.unlink(missing_ok=True)


def _lower_priority() -> None:
    os.nice(15)
