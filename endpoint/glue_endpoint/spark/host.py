"""One JVM of an endpoint: a Spark that sessions share, whose Hive client asks a metastore service.

On disk, in the state folder: `s3/` (the buckets), `spark.log` (what Spark warns about; with jars of formats
`spark-<key>.log`). The JVM listens on loopback with a secret of its own and ends with this process.
Several work on one warehouse.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import signal
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from glue_endpoint.buckets import Buckets
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.folders import OTHER_FOLDER, WAREHOUSE, cache_folder
from glue_endpoint.spark import jvm
from glue_endpoint.spark.archive import Archive
from glue_endpoint.spark.file_system import file_system_jar, hadoop_configuration
from glue_endpoint.spark.java_home import find_java
from glue_endpoint.spark.setup import PLAIN, SparkSetup
from glue_endpoint.spark.warm_up import warm_up_formats

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from glue_endpoint.spark.java_home import Java

logger = logging.getLogger(__name__)

_NEEDED_BYTES = 200 * 2**20
_LOG_LIMIT = 20 * 2**20
_ARCHIVE_DELAY = 30.0
"""Seconds until the archive is made: not while the first command waits for its session."""

_CRASHES = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS)

_OUT_OF_MEMORY = 3
"""The exit code of -XX:+ExitOnOutOfMemoryError."""

_METASTORE = {
    # The service is on this machine, and here before Spark: a lost connection is made anew once, at once.
    "hive.metastore.connect.retries": "1",
    "hive.metastore.failure.retries": "1",
    "hive.metastore.client.connect.retry.delay": "0s",
}

_LOG4J = """\
status = error
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSS} %p %c{1}: %m%n%ex
logger.hive.name = org.apache.hadoop.hive
logger.hive.level = error
logger.py4j.name = org.apache.spark.api.python.PythonGatewayServer
logger.py4j.level = error
"""


class SparkHost:
    """The JVM and its Spark context.

    `state_dir` is the warehouse's state folder, `metastore` gives the address of a Thrift metastore
    (Hive's `hive.metastore.uris`) and is called when Spark starts; `cores` and `memory_mb` default to
    what the machine has (half of its memory, at most 4 GB); `setup` are the jars and settings that this
    Spark has beside its own, `environment` is added to the JVM's (None: taken out of it).
    """

    def __init__(
        self,
        state_dir: Path,
        metastore: Callable[[], str],
        *,
        cores: int | None = None,
        memory_mb: int | None = None,
        setup: SparkSetup = PLAIN,
        environment: Mapping[str, str | None] | None = None,
        build_archive: bool = True,
    ) -> None:
        self.state_dir = state_dir.resolve()
        self.buckets = Buckets(self.state_dir / "s3")
        self.cores = cores or _usable_cores()
        self.setup = setup
        self.log = self.state_dir / (f"spark-{setup.key}.log" if setup.key else "spark.log")
        self._metastore = metastore
        self._environment = dict(environment or {})
        self._build_archive = build_archive
        self._memory_mb = memory_mb or _sensible_memory_mb()
        self._options = [
            f"-Xmx{self._memory_mb}m",
            # Without memory a JVM limps or hangs; ended, it fails its sessions at once.
            "-XX:+ExitOnOutOfMemoryError",
            "-Xss4m",
            *jvm.QUICK_COMPILER,
            "-XX:+UseSerialGC",
        ]
        self._gateway: jvm.Gateway | None = None
        self._session: Any = None
        self._context: Any = None
        self._stopping = False
        self._ended = threading.Event()
        self._begun = threading.Lock()
        self._started = threading.Event()
        self._start_error: EndpointStartError | None = None
        self._exit_reason = ""
        self._on_exit: list[Callable[[str], None]] = []
        self.spark_version = setup.spark.version if setup.spark else ""

    # -- life ----------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """idle, starting, ready or failed."""
        if not self._begun.locked():
            return "idle"
        if not self._started.is_set():
            return "starting"
        return "ready" if self.alive else "failed"

    def begin(self) -> None:
        """Start Spark in the background, the first time that this is called; see `wait_started`."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._begin, name="spark-start", daemon=True).start()

    def _begin(self) -> None:
        try:
            self._start_once()
        except EndpointStartError as error:
            logger.error("%s", error)

    def start(self, *, extra_options: Sequence[str] = ()) -> None:
        """Start Spark; returns when sessions can attach. Its Hive client connects in the background.

        Raises EndpointStartError: no disk, no Java.
        """
        self._begun.acquire(blocking=False)
        self._start_once(extra_options)

    def _start_once(self, extra_options: Sequence[str] = ()) -> None:
        try:
            self._start(extra_options)
        except EndpointStartError as error:
            self._start_error = error
            raise
        finally:
            self._started.set()

    def wait_started(self, timeout: float) -> None:
        """Wait for `start` in another thread. Raises EndpointStartError if it failed."""
        if not self._started.wait(timeout):
            raise EndpointStartError(f"Spark did not start within {timeout:.0f} seconds")
        if self._start_error is not None:
            raise self._start_error
        if not self.alive:
            raise EndpointStartError(self._exit_reason or f"Spark's JVM has ended; see {self.log}")

    def _start(self, extra_options: Sequence[str]) -> None:
        self._prepare_folder()
        options = [*self._options, *self._paths(), *extra_options]
        archived = [] if extra_options else self.archive.options()
        try:
            self._gateway = self._launch([*options, *archived])
        except EndpointStartError:
            if not archived:
                raise
            logger.warning("Spark did not start with %s; starting without", self.archive.path)
            self.archive.discard()
            self._gateway = self._launch(options)
        threading.Thread(target=self._watch, name="jvm-watch", daemon=True).start()
        try:
            self._start_spark()
        except Exception as error:
            self.stop()
            raise EndpointStartError(f"Spark did not start: {error}\nSee {self.log}.") from error
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()
        if self._build_archive and not archived:
            timer = threading.Timer(_ARCHIVE_DELAY, self._make_archive)
            timer.daemon = True
            timer.start()

    def stop(self, grace: float = 10.0) -> None:
        """Let Spark and the JVM end; kill it after `grace` seconds. Safe to call twice."""
        self._stopping = True
        if self._gateway is None:
            return
        with contextlib.suppress(Exception):
            self._gateway.client.shutdown()
        jvm.end(self._gateway.process, grace)
        self._ended.wait(grace)

    def kill(self, reason: str) -> None:
        """End the JVM at once, the last resort; every session fails with `reason`."""
        logger.error("killing the JVM: %s", reason)
        self._exit_reason = reason
        self.process.kill()

    def on_exit(self, callback: Callable[[str], None]) -> None:
        """Call `callback(reason)` once, in another thread, when the JVM has ended unasked."""
        self._on_exit.append(callback)

    @property
    def alive(self) -> bool:
        return self._gateway is not None and self._gateway.process.poll() is None

    # What is installed is looked for when a JVM is to be started: the catalog needs none of it.

    @cached_property
    def _java(self) -> Java:
        return find_java(self.setup.spark.version) if self.setup.spark else find_java()

    @cached_property
    def _own_class_path(self) -> list[Path]:
        jars = jvm.spark_jars(self.setup.package)
        return [*jars, file_system_jar(cache_folder(), self._java, jars)]

    @cached_property
    def archive(self) -> Archive:
        """The class-data archive for what is installed. Raises EndpointStartError where Spark cannot run.

        It serves every setup of a Spark: the jars of one come behind those for which it was made.
        """
        options, made_by = ["-XX:+UseSerialGC"], (self.setup.bare.as_json(),)
        return Archive(cache_folder(), self._java, self._own_class_path, options, made_by)

    # -- what others connect to ----------------------------------------------------------------

    @property
    def gateway(self) -> Any:
        """The py4j client of the JVM (`gateway.jvm...`), safe to use from many threads."""
        return self._running.client

    @property
    def session(self) -> Any:
        """The Java SparkSession of the host itself (Hive enabled); sessions have their own."""
        return self._session

    @property
    def context(self) -> Any:
        """The Java SparkContext that all sessions share."""
        return self._context

    @property
    def gateway_port(self) -> int:
        return self._running.port

    @property
    def gateway_secret(self) -> str:
        return self._running.secret

    @property
    def pid(self) -> int:
        return self._running.process.pid

    @property
    def process(self) -> subprocess.Popen[bytes]:
        return self._running.process

    @property
    def _running(self) -> jvm.Gateway:
        if self._gateway is None:
            raise RuntimeError("the Spark host is not started")
        return self._gateway

    # -- inside --------------------------------------------------------------------------------

    def _launch(self, options: Sequence[str]) -> jvm.Gateway:
        return jvm.start_jvm(
            self._java,
            [*self._own_class_path, *self.setup.jars],
            options,
            self.log,
            environment={
                **self._environment,
                **({"SPARK_HOME": None} if self.setup.spark else {}),  # that of another PySpark
                "SPARK_LOCAL_IP": "127.0.0.1",
                "SPARK_LOCAL_HOSTNAME": "localhost",
            },
            working_directory=self.state_dir,
        )

    def _paths(self) -> list[str]:
        log4j = self.state_dir / "log4j2.properties"
        log4j.write_text(_LOG4J)
        return [
            f"-Dlog4j2.configurationFile={log4j.as_uri()}",
            f"-Djava.io.tmpdir={self.state_dir / 'tmp'}",
        ]

    def configuration(self) -> dict[str, str]:
        """Spark's static configuration: what no session can change."""
        hadoop = {**hadoop_configuration(self.buckets), **_METASTORE}
        return {
            "spark.master": f"local[{self.cores}]",
            "spark.app.name": "dbt-glue-endpoint",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            # What runs is known at once, not with a heartbeat: progress and cancelled tasks are read from it.
            "spark.ui.liveUpdate.period": "0",
            "spark.scheduler.mode": "FAIR",
            # A collect() of more than this is refused instead of costing the JVM its memory.
            "spark.driver.maxResultSize": f"{self._memory_mb // 3}m",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            # Loopback is open to every user of the machine: Spark's RPC and block ports ask for a
            # secret, which Spark makes itself where the master is local.
            "spark.authenticate": "true",
            "spark.local.dir": str(self.state_dir / "tmp"),
            # A task's fatal error (a stopped thread, a missing class) fails the task and not
            # everybody's JVM; without memory it still ends, by -XX:+ExitOnOutOfMemoryError.
            "spark.executor.killOnFatalError.depth": "0",
            "spark.sql.catalogImplementation": "hive",
            "spark.sql.warehouse.dir": WAREHOUSE,
            "spark.hadoop.hive.metastore.uris": self._metastore(),
            # A table that is switched through the catalog must never be read stale.
            "spark.sql.filesourceTableRelationCacheSize": "0",
            # Plenty on one machine; Spark's 200, and the 50 of Delta's log, cost seconds.
            "spark.sql.shuffle.partitions": str(max(4, 2 * self.cores)),
            "spark.databricks.delta.snapshotPartitions": "2",
            **{f"spark.hadoop.{key}": value for key, value in hadoop.items()},
            **dict(self.setup.conf),
        }

    def _start_spark(self) -> None:
        java = self._running.client.jvm
        conf = java.org.apache.spark.SparkConf()
        for key, value in self.configuration().items():
            conf.set(key, value)
        self._session = java.org.apache.spark.sql.SparkSession.builder().config(conf).getOrCreate()
        self._context = self._session.sparkContext()
        self.spark_version = str(self._context.version())

    def _warm_up(self) -> None:
        """Load and connect the clients of the catalog, so that the first statement finds them ready."""
        from py4j.protocol import Py4JError

        try:
            self._session.sql("show databases").collect()
            warm_up_formats(self._session, self.setup)
        except (Py4JError, OSError) as error:
            if not self._stopping:
                logger.error("the metastore does not answer: %s (see %s)", error, self.log)

    def _make_archive(self) -> None:
        if self.alive:
            self.archive.build_in_background()

    def _watch(self) -> None:
        code = self._running.process.wait()
        self._ended.set()
        if code in _CRASHES:
            self.archive.discard()  # the likeliest cause; without it the next start is only slower
        if self._stopping:
            return
        why = (
            f"it ran out of its {self._memory_mb} MB of memory"
            if code == _OUT_OF_MEMORY
            else f"exit code {code}"
        )
        reason = self._exit_reason or f"Spark's JVM ended ({why}); see {self.log}"
        self._exit_reason = reason
        logger.error(reason)
        for callback in self._on_exit:
            callback(reason)

    def _prepare_folder(self) -> None:
        try:
            for folder in ("s3", "tmp", "sessions"):
                (self.state_dir / folder).mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self.state_dir).free < _NEEDED_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.1"))
        except OSError as error:
            raise EndpointStartError(
                f"Cannot use {self.state_dir} as the endpoint's folder: {error.strerror or error}. "
                f"Make room or rights there, or choose {OTHER_FOLDER}."
            ) from error


def _usable_cores() -> int:
    return max(
        2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    )


def _sensible_memory_mb() -> int:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(1024, min(4096, total // 2))
