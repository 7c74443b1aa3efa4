"""Start a JVM with Spark's class path and connect to it: a child process and a py4j gateway."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_endpoint.errors import EndpointStartError
from glue_endpoint.folders import with_absolute_modules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from glue_endpoint.spark.java_home import Java

logger = logging.getLogger(__name__)

START_TIMEOUT = 120.0
"""Seconds until a JVM has to answer."""

QUICK_COMPILER = ("-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=240m")
"""The first compiler alone, with the room that Java gives to both: its own 48 MB are full after one build of tables in
Iceberg, and from then on Java compiles nothing more, without an error."""

# Spark's own list for Java 9+ (org.apache.spark.launcher.JavaModuleOptions, 3.5.6).
_MODULE_OPTIONS = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    *(
        f"--add-opens=java.base/{package}=ALL-UNNAMED"
        for package in (
            "java.lang",
            "java.lang.invoke",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "jdk.internal.ref",
            "sun.nio.ch",
            "sun.nio.cs",
            "sun.security.action",
            "sun.util.calendar",
        )
    ),
    "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    "-Djdk.reflect.useDirectMethodHandle=false",
)


@dataclass(frozen=True)
class Gateway:
    """A running JVM: its process, the port and secret of its py4j server, a client of it."""

    process: subprocess.Popen[bytes]
    port: int
    secret: str
    client: Any


def spark_jars(package: Path | None = None) -> list[Path]:
    """The jars of a PySpark package, in a fixed order (a class-data archive depends on it).

    Without `package` it is the installed one, or what SPARK_HOME names. Raises EndpointStartError if PySpark
    is missing or does not fit this Python.
    """
    home = package
    if home is None:
        home = _pyspark_package()
        if sys.version_info >= (3, 13) and pyspark_version(home) < (4,):
            raise EndpointStartError(
                f"PySpark 3.5 runs on Python 3.12 and older; this is Python "
                f"{sys.version_info.major}.{sys.version_info.minor} ({sys.executable}). "
                "Use an environment with Python 3.11, the version of Glue 5.1, or a profile with "
                '`glue_version: "6.0"`, whose Spark runs on this Python.'
            )
        home = Path(os.environ.get("SPARK_HOME") or home)
    folder = home / "jars"
    jars = sorted(folder.glob("*.jar"))
    if not jars:
        raise EndpointStartError(f"There are no Spark jars in {folder}. Reinstall pyspark.")
    return jars


def installed_spark_version() -> str:
    """The version of the installed PySpark. Raises EndpointStartError if it is missing."""
    return ".".join(map(str, pyspark_version(_pyspark_package())))


def _pyspark_package() -> Path:
    spec = importlib.util.find_spec("pyspark")
    if spec is None or not spec.origin:
        raise EndpointStartError(
            "PySpark is not installed. The embedded endpoint needs it: "
            'pip install "dbt-glue-python[local]"'
        )
    return Path(spec.origin).parent


def pyspark_version(package: Path) -> tuple[int, ...]:
    """The version of a PySpark package, read from its version.py without importing it. Raises EndpointStartError."""
    text = (package / "version.py").read_text(encoding="utf-8")
    found = re.search(r"""__version__[^"']*["']([^"']+)["']""", text)
    if found is None:
        raise EndpointStartError(f"{package} says no version of PySpark. Reinstall pyspark.")
    return tuple(int(part) for part in found[1].split(".") if part.isdigit())


def start_jvm(
    java: Java,
    class_path: Sequence[Path],
    options: Sequence[str],
    log: Path,
    environment: Mapping[str, str | None] | None = None,
    working_directory: Path | None = None,
) -> Gateway:
    """Start Spark's Python gateway in a JVM of its own and connect to it.

    The JVM reads its standard input until it ends and then exits: the pipe's other end is held by
    this process alone, so the JVM goes when this process goes, kill -9 included. Its output is
    appended to `log`. `environment` is added to ours; None takes a variable out. Raises EndpointStartError with the end of the log if it does not come up.
    """
    from py4j.clientserver import ClientServer, JavaParameters, PythonParameters

    # Not a TemporaryDirectory: it would go when this process exits while the JVM starts, and a JVM
    # that cannot write its connection file neither serves nor ends.
    folder = Path(tempfile.mkdtemp(prefix="dbt-glue-"))
    info = folder / "connection"
    given = {**with_absolute_modules(os.environ), **(environment or {})}
    env = {
        **{name: value for name, value in given.items() if value is not None},
        "JAVA_HOME": str(java.home),
        "CLASSPATH": os.pathsep.join(map(str, class_path)),
        "_PYSPARK_DRIVER_CONN_INFO_PATH": str(info),
        "PYSPARK_PIN_THREAD": "true",
    }
    for intrusive in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"):
        env.pop(intrusive, None)
    modules = _MODULE_OPTIONS if java.major >= 9 else ()
    command = [
        str(java.executable),
        *modules,
        *options,
        "org.apache.spark.api.python.PythonGatewayServer",
    ]
    start = log.stat().st_size if log.exists() else 0
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=env,
            cwd=working_directory,
            start_new_session=True,  # Ctrl-C in a terminal is for the caller, not for Spark
        )
    try:
        port, secret = _await_connection(process, info)
    except BaseException as error:
        process.kill()
        process.wait()
        if not isinstance(error, EndpointStartError):
            raise
        raise EndpointStartError(
            f"The JVM for Spark did not start ({java.executable}): {error}.\n{tail(log, start)}"
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    client = ClientServer(
        java_parameters=JavaParameters(port=port, auth_token=secret, auto_convert=True),
        python_parameters=PythonParameters(port=0, eager_load=False),
    )
    return Gateway(process, port, secret, client)


def _await_connection(process: subprocess.Popen[bytes], info: Path) -> tuple[int, str]:
    """The port and secret that Spark's PythonGatewayServer writes (it renames a complete file)."""
    deadline = time.monotonic() + START_TIMEOUT
    while not info.exists():
        if process.poll() is not None:
            raise EndpointStartError(f"exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise EndpointStartError(f"no answer within {START_TIMEOUT:.0f} seconds")
        time.sleep(0.005)
    data = info.read_bytes()
    port, length = struct.unpack(">ii", data[:8])
    return port, data[8 : 8 + length].decode()


def tail(log: Path, start: int, lines: int = 15) -> str:
    """The last lines of what was logged after the position `start`."""
    with log.open("rb") as file:
        file.seek(start)
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def end(process: subprocess.Popen[bytes], grace: float = 5.0) -> None:
    """Let the JVM exit by closing its standard input; kill it after `grace` seconds."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        logger.warning("the JVM (process %d) does not stop; killing it", process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
