"""A class-data-sharing archive: the JVM maps Spark's classes from a file instead of loading them.

It halves the cold start. An archive fits one class path (names, sizes and times of the jars) and
one JVM build, so it is keyed by both. It is made once, in the background, by a JVM that runs a few
statements on a scratch warehouse (`python -m dbt.adapters.glue.endpoint.cds`, 15 to 30 seconds at low
priority), and never replaced: a host that fails to start with it starts without and throws it away.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbt.adapters.glue.endpoint.java_home import Java
    from dbt.adapters.glue.endpoint.jvm import SparkHost

logger = logging.getLogger(__name__)

KEPT = 3
"""How many archives (150 MB each) stay in the cache; the least recently used ones go."""

_NEEDED_BYTES = 600 * 2**20


def cache_folder() -> Path:
    """The user's cache folder for this product."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dbt-glue"


class Archive:
    """The archive for one class path and one JVM build; it may not exist yet."""

    def __init__(
        self, cache: Path, java: Java, class_path: Sequence[Path], options: Sequence[str]
    ) -> None:
        self._java = java
        digest = hashlib.sha256(repr((java.build, str(java.home), list(options))).encode())
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
                [sys.executable, "-m", "dbt.adapters.glue.endpoint.cds"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
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


def build() -> None:
    """Make the archive for this environment: run a host on a scratch warehouse and let it end.

    A second process that wants the same archive finds the lock taken and leaves.
    """
    import filelock

    from dbt.adapters.glue.endpoint.jvm import SparkHost

    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    try:
        with (
            filelock.FileLock(cache / "archive.lock", timeout=0),
            tempfile.TemporaryDirectory(prefix="building-", dir=cache) as folder,
        ):
            host = SparkHost(Path(folder) / "warehouse", build_archive=False)
            archive = host.archive
            if archive.ready:
                return
            made = Path(folder) / "made.jsa"
            host.start(extra_options=[f"-XX:ArchiveClassesAtExit={made}"])
            try:
                _exercise(host)
            finally:
                process = host.process
                host.stop(grace=120)
            if process.returncode == 0 and made.exists():
                archive.keep(made)
            else:
                logger.error("the JVM left no archive (exit code %s)", process.returncode)
    except filelock.Timeout:
        logger.info("another process makes the archive")


def _exercise(host: SparkHost) -> None:
    """Load the classes that sessions need: a worker runs the statements of a typical project."""
    from dbt.adapters.glue.endpoint.jvm import SparkHost
    from dbt.adapters.glue.endpoint.workers import WorkerProcess

    assert isinstance(host, SparkHost)  # noqa: S101
    worker = WorkerProcess(sys.executable, host.state_dir / "worker.log", {})
    try:
        worker.attach(host)
        worker.run(0, _PROGRAM, "exercise")
        result = worker.wait_result(0, timeout=300)
        if result.status != "ok":
            logger.error("the exercise failed: %s: %s", result.error_name, result.error_value)
    finally:
        worker.kill()


_PROGRAM = """
import json
q = lambda text: spark.sql(text).collect()
q('create database d location "s3://b/d"')
q('create table d.t using parquet partitioned by (p) location "s3://b/d/t" as select id, id % 2 p from range(10)')
spark.conf.set('spark.sql.sources.partitionOverwriteMode', 'dynamic')
q('insert overwrite table d.t select id, 1 p from range(3)')
q('create or replace view d.v as select p, count(*) n, max(id) m from d.t group by p order by p')
q('select * from d.v join d.t using (p) where id > 1')
q('create temporary view tv as select cast(1.5 as decimal(9,2)) a, current_date() b, array(1) c, map(1,2) e')
spark.table('tv').write.mode('overwrite').parquet('s3://b/x')
q('show databases'); q('show tables in d'); q('describe extended d.t'); q('drop view d.v')
q('alter table d.t rename to d.t2'); q('drop table d.t2')
df = spark.createDataFrame([(1, 'a'), (2, 'b')], 'x int, y string')
df.filter('x > 1').selectExpr('upper(y) y').toPandas(); df.toJSON().collect(); df.schema.json()
spark.sparkContext.parallelize(range(3)).map(lambda x: x + 1).sum()
spark.createDataFrame(df.toPandas()).write.mode('overwrite').option('path', 's3://b/y').saveAsTable('d.y')
q('drop database d cascade')
"""


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    build()
