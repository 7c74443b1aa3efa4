"""Makes the class-data archive of a Spark: `python -m glue_endpoint.process.archive_build SETUP`, as SparkSetup writes it."""

from __future__ import annotations

import contextlib
import logging
import sys
import tempfile
from pathlib import Path

import filelock

from glue_endpoint.folders import cache_folder
from glue_endpoint.process.warehouse import Warehouse
from glue_endpoint.spark.host import SparkHost
from glue_endpoint.spark.setup import PLAIN, SparkSetup
from glue_endpoint.spark.worker_process import WorkerProcess, worker_environment

logger = logging.getLogger(__name__)


def build(setup: SparkSetup) -> None:
    """Make the archive for the Spark of a setup: run a host on a scratch warehouse and let it end.

    A second process that wants the same archive finds the lock taken and leaves.
    """
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    try:
        with (
            filelock.FileLock(cache / "archive.lock", timeout=0),
            tempfile.TemporaryDirectory(prefix="building-", dir=cache) as folder,
        ):
            _build_in(Path(folder), setup)
    except filelock.Timeout:
        logger.info("another process makes the archive")


def _build_in(folder: Path, setup: SparkSetup) -> None:
    scratch = folder / "warehouse"
    scratch.mkdir()
    with contextlib.closing(Warehouse(scratch)) as warehouse:
        host = SparkHost(scratch, warehouse.metastore, setup=setup, build_archive=False)
        if host.archive.ready:
            return
        made = folder / "made.jsa"
        host.start(extra_options=[f"-XX:ArchiveClassesAtExit={made}"])
        try:
            _exercise(host)
        finally:
            process = host.process
            host.stop(grace=120)
    if process.returncode == 0 and made.exists():
        host.archive.keep(made)
    else:
        logger.error("the JVM left no archive (exit code %s)", process.returncode)


def _exercise(host: SparkHost) -> None:
    """Load the classes that sessions need: a worker runs the statements of a typical project."""
    worker = WorkerProcess(host.setup.python, host.state_dir / "worker.log", worker_environment({}))
    try:
        worker.attach(host)
        worker.run(0, _PROGRAM, "exercise")
        result = worker.wait_result(0, timeout=300)
        if result.status != "ok":
            logger.error("the exercise failed: %s: %s", result.error_name, result.error_value)
    finally:
        worker.kill()


# Raise EXERCISE in spark/archive.py with a change of it.
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
q('alter table d.t set tblproperties ("a" = "b")'); q('drop table d.t')
df = spark.createDataFrame([(1, 'a'), (2, 'b')], 'x int, y string')
df.filter('x > 1').selectExpr('upper(y) y').toPandas(); df.toJSON().collect(); df.schema.json()
spark.sparkContext.parallelize(range(3)).map(lambda x: x + 1).sum()
spark.createDataFrame(df.toPandas()).write.mode('overwrite').option('path', 's3://b/y').saveAsTable('d.y')
q('drop database d cascade')
"""


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    build(SparkSetup.from_json(sys.argv[1]) if sys.argv[1:] else PLAIN)
