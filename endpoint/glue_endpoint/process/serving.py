"""One endpoint process from start to end: the folder, Spark, the services, HTTP, and the idle stop."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import threading
import time
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

from glue_endpoint.api.auth import CONTROL_SERVICE, Credentials, Verifier
from glue_endpoint.api.control import Control
from glue_endpoint.api.operations import GlueService
from glue_endpoint.api.server import EndpointServer
from glue_endpoint.api.sts import Sts
from glue_endpoint.api.tags import Tags
from glue_endpoint.api.wire import service_model
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.fidelity import PLEASANT, Fidelity
from glue_endpoint.iam.guard import Guard
from glue_endpoint.lake_formation.enforcement import Enforcement
from glue_endpoint.lake_formation.service import LakeFormation
from glue_endpoint.process.state import EndpointHandle, StateFolder, build
from glue_endpoint.process.variables import session_variables, spark_variables
from glue_endpoint.process.warehouse import Warehouse
from glue_endpoint.s3.service import S3
from glue_endpoint.s3_tables.service import S3Tables
from glue_endpoint.sessions.engine import Engines
from glue_endpoint.sessions.operations import SessionOperations
from glue_endpoint.sessions.sessions import Sessions
from glue_endpoint.spark.host import SparkHost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    from glue_endpoint.api.server import Service
    from glue_endpoint.api.streams import StreamingService

logger = logging.getLogger(__name__)

DEFAULT_IDLE_MINUTES = 15.0
REQUESTS_FILE = "s3-requests.log"
"""In the state folder: what Spark's file system would have sent to S3 (S3OnDisk.java)."""
_SHUTDOWN_POLL = 0.05
"""Seconds until the HTTP server sees that it is to stop; socketserver's half a second is waited for by `stop`."""


def serve(
    state_dir: Path,
    *,
    port: int = 0,
    idle_minutes: float | None = None,
    fidelity: Fidelity = PLEASANT,
    on_ready: Callable[[EndpointHandle], None] | None = None,
) -> None:
    """Serves the Glue API for `state_dir` until it is stopped, interrupted or idle.

    `port` 0 is any free port; `idle_minutes` without sessions and requests end it (None: never).
    `fidelity` says where it is as unpleasant as AWS. `on_ready` is called when the endpoint answers.
    Raises EndpointStartError.
    """
    folder = StateFolder(state_dir)
    folder.prepare()
    stopping = threading.Event()
    with folder.held(), _signals(stopping), contextlib.ExitStack() as cleanup:
        guard = Guard(fidelity.policy, folder.path)
        warehouse = Warehouse(folder.path, fidelity, guard.check_session)
        cleanup.callback(warehouse.close)
        if fidelity.lake_formation:
            warehouse.around = Enforcement(warehouse.store).run
        credentials = Credentials.generate()
        services: dict[str, Service | StreamingService] = {}
        server = _bind(services, Verifier(credentials, _now), port)
        cleanup.callback(server.server_close)
        handle = EndpointHandle(
            server.url,
            credentials.access_key_id,
            credentials.secret_access_key,
            os.getpid(),
            build(),
        )
        (folder.path / REQUESTS_FILE).unlink(missing_ok=True)
        assumed = credentials.assume()  # sessions have the session role's keys
        of_session = replace(
            handle,
            access_key_id=assumed.access_key_id,
            secret_access_key=assumed.secret_access_key,
        )
        variables = {
            **session_variables(of_session, os.environ),
            **spark_variables(guard.rules_file, guard.uses_file, fidelity.s3),
        }
        engines = Engines(
            lambda setup: SparkHost(
                folder.path, warehouse.metastore, setup=setup, environment=variables
            ),
            folder.path,
            variables=variables,
        )
        cleanup.callback(engines.close)
        s3 = S3(warehouse.buckets, folder.path, credentials, _now, guard.s3_refusal)
        cleanup.callback(s3.close)
        sessions = Sessions(engines, warehouse.buckets, folder.path, fidelity)
        cleanup.callback(sessions.close)
        tags = Tags(warehouse.store)
        started = time.time()

        def describe() -> dict[str, Any]:
            return {
                "url": server.url,
                "pid": os.getpid(),
                "build": handle.build,
                "uptime": round(time.time() - started, 1),
                "spark": engines.state,
                "spark_version": engines.latest.host.spark_version if engines.latest else "",
                "engines": [engine.shape() for engine in engines.all],
                "sessions": sessions.active,
                "idle_minutes": idle_minutes,
                "as_aws": fidelity.told,
                "folder": str(folder.path),
                "warehouse": str(warehouse.buckets.root),
                "log": str(folder.log_file),
            }

        services["glue"] = GlueService(
            SessionOperations(sessions, tags),
            warehouse.catalog,
            tags,
            authorize=partial(guard.check, "glue"),
            around=warehouse.around,
            quotas=warehouse.quotas,
        )
        services["s3"] = s3
        services["sts"] = Sts(credentials, partial(guard.check, "sts"), guard.assumed)
        services["s3tables"] = S3Tables(
            warehouse.store, warehouse.catalog.purge, partial(guard.check, "s3tables")
        )
        services["lakeformation"] = LakeFormation(
            warehouse.store, partial(guard.check, "lakeformation")
        )
        services[CONTROL_SERVICE] = Control(credentials, describe, engines.begin, stopping.set)
        threading.Thread(
            target=server.serve_forever, args=(_SHUTDOWN_POLL,), name="http", daemon=True
        ).start()
        cleanup.callback(server.shutdown)
        folder.write_handle(handle)
        cleanup.callback(folder.remove_handle)
        # A tenth of a second that the first request need not wait for whole.
        threading.Thread(target=service_model, args=("glue",), name="model", daemon=True).start()
        logger.info("serving %s for %s (process %d)", server.url, folder.path, os.getpid())
        if on_ready is not None:
            on_ready(handle)
        _wait(stopping, server, sessions, idle_minutes)
        logger.info("stopping")


def _wait(
    stopping: threading.Event,
    server: EndpointServer,
    sessions: Sessions,
    idle_minutes: float | None,
) -> None:
    """Returns when asked to stop, or when nobody has wanted anything for `idle_minutes`."""
    if idle_minutes is None:
        stopping.wait()
        return
    limit = idle_minutes * 60
    while not stopping.wait(min(limit / 4, 10)):
        if sessions.active:
            server.activity.touch()  # the time counts from the last session's end
        elif server.activity.idle_seconds() > limit:
            logger.info("idle for %g minutes", idle_minutes)
            return


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _bind(
    services: dict[str, Service | StreamingService], verifier: Verifier, port: int
) -> EndpointServer:
    try:
        return EndpointServer(services, verifier, port)
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE and port == 0:
            problem = "there is no free port on 127.0.0.1. End some of the programs that listen"
        else:
            problem = (
                f"port {port}: {getattr(error, 'strerror', None) or error}. "
                "Choose another --port, or none for any that is free"
            )
        raise EndpointStartError(f"The endpoint cannot listen: {problem}.") from error


@contextlib.contextmanager
def _signals(stopping: threading.Event) -> Iterator[None]:
    """SIGTERM and Ctrl-C stop the endpoint in order; the former handlers come back afterwards."""

    def handler(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stopping.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, previous in former.items():
            signal.signal(number, previous)
