"""Fetch files of Maven repositories as Spark does for `spark.jars.packages`: by its Ivy, in a JVM for that alone.

Where they come from is the user's to say, in the ways of Spark's users: the settings
`spark.jars.ivySettings` and `spark.jars.repositories`, of a session or of spark-defaults.conf; the variable
DEFAULT_ARTIFACT_REPOSITORY; proxies as variables (HTTPS_PROXY, NO_PROXY) or as Java's properties.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shlex
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from glue_endpoint.spark import jvm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from glue_endpoint.spark.formats import Jar
    from glue_endpoint.spark.java_home import Java

logger = logging.getLogger(__name__)

_INTERVAL = 0.1
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")

_NETWORK_PROPERTIES = ("http.", "https.", "socksProxy", "java.net.", "javax.net.ssl.", "jdk.http.")
"""How the names of Java's properties begin that decide how a repository is reached."""

_JAVA_OPTIONS = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
_SPARK_OPTIONS = ("spark.driver.defaultJavaOptions", "spark.driver.extraJavaOptions")

_REASON = re.compile(r"^\s*(Server access error at url .*|Host \S+ not found.*|.*[Cc]hecksum.*)$")
"""What Ivy says of a repository that it did not reach (2.5), or whose file is damaged."""


class ResolutionFailed(Exception):
    """Ivy did not bring a file; the message is what it said of that first."""


class Ivy:
    """Ivy in a running JVM. `home` is a folder for its cache, its result and its log, of nobody else."""

    def __init__(
        self, gateway: jvm.Gateway, home: Path, settings: Mapping[str, str], patience: float
    ) -> None:
        self._gateway = gateway
        self._home = home
        self._settings = settings
        self._patience = patience

    @property
    def log(self) -> Path:
        return self._home / "ivy.log"

    def fetch(self, jar: Jar, on_bytes: Callable[[int], None]) -> Path:
        """The file of a jar, as it came, below the home; `on_bytes` is told how much has come so far.

        Raises ResolutionFailed, also when nothing has come for as long as the patience.
        """
        start = self.log.stat().st_size
        outcome: list[Path | Exception] = []
        resolving = threading.Thread(
            target=lambda: outcome.append(self._outcome(jar)), name="ivy", daemon=True
        )
        resolving.start()
        here, since = -1, time.monotonic()
        while resolving.is_alive():
            resolving.join(_INTERVAL)
            grown = self._bytes_of(jar)
            if grown != here:
                here, since = grown, time.monotonic()
                on_bytes(grown)
            elif time.monotonic() - since > self._patience:
                raise ResolutionFailed(f"nothing has come for {self._patience:.0f} seconds")
        found = outcome[0]
        if isinstance(found, Path):
            return found
        raise ResolutionFailed(self._why(found, start)) from found

    def _outcome(self, jar: Jar) -> Path | Exception:
        from py4j.protocol import Py4JError

        java = self._gateway.client.jvm
        try:
            found = java.org.apache.spark.util.DependencyUtils.resolveMavenDependencies(
                False,  # not what the jar depends on: these have it inside, or Spark has it
                "",
                jar.coordinate,
                self._settings.get("spark.jars.repositories", ""),
                str(self._home),
                java.scala.Option.apply(self._settings.get("spark.jars.ivySettings")),
            )
            file = Path(found.mkString(","))
            return file if file.is_file() else FileNotFoundError(f"Ivy named {file}")
        except (Py4JError, OSError) as error:
            return error

    def _bytes_of(self, jar: Jar) -> int:
        """What has come of a jar, and of what Ivy reads to find it, the files that it ends as `.part` too."""
        total = 0
        for file in (self._home / "cache").rglob("*"):
            if file.is_file() and file.name.startswith(jar.artifact):
                with contextlib.suppress(FileNotFoundError):  # renamed since it was listed
                    total += file.stat().st_size
        return total

    def _why(self, error: Exception, start: int) -> str:
        with self.log.open("rb") as file:
            file.seek(start)
            said = _CREDENTIALS.sub("***@", file.read().decode(errors="replace"))
        logger.info("Ivy:\n%s", said)
        exception: Any = getattr(error, "java_exception", None)
        first = str(exception.getMessage() if exception is not None else error).strip()
        first = _CREDENTIALS.sub("***@", first.splitlines()[0] if first else repr(error))
        reasons = [match[1] for line in said.splitlines() if (match := _REASON.match(line))]
        return "; ".join([first.strip("[]"), *reasons[:1]])


@contextlib.contextmanager
def ivy(
    java: Java, spark_jars: Sequence[Path], home: Path, settings: Mapping[str, str], patience: float
) -> Iterator[Ivy]:
    """Ivy, until the block ends; `settings` are Spark's. Raises EndpointStartError where no JVM starts."""
    log = home / "ivy.log"
    log.touch()
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"]
    gateway = jvm.start_jvm(java, spark_jars, options, log, {"SPARK_LOCAL_IP": "127.0.0.1"})
    try:
        given = {**_spark_defaults(gateway, spark_jars), **settings}
        # Not on the command line, which everybody on this machine can read: a proxy may have a password.
        for name, value in network_properties(given).items():
            gateway.client.jvm.java.lang.System.setProperty(name, value)
        yield Ivy(gateway, home, given, patience)
    finally:
        with contextlib.suppress(Exception):
            gateway.client.shutdown()
        jvm.end(gateway.process)


def network_properties(settings: Mapping[str, str]) -> dict[str, str]:
    """Java's properties for what the user's variables and Spark's settings say of proxies and trust.

    Java itself reads no variable such as HTTPS_PROXY. Its own properties win: what is in JAVA_TOOL_OPTIONS,
    JDK_JAVA_OPTIONS and the options of Spark's driver.
    """
    found = _proxy_properties(urllib.request.getproxies())
    options = [os.environ.get(name, "") for name in _JAVA_OPTIONS]
    options += [settings.get(name, "") for name in _SPARK_OPTIONS]
    for option in (option for text in options for option in _words(text)):
        name, _, value = option.removeprefix("-D").partition("=")
        if option.startswith("-D") and name.startswith(_NETWORK_PROPERTIES):
            found[name] = value
    return found


def _proxy_properties(proxies: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    excluded = [name.strip() for name in proxies.get("no", "").split(",") if name.strip()]
    if "*" in excluded:
        return found
    for scheme in ("http", "https"):
        address = proxies.get(scheme) or proxies.get("all", "")
        proxy = urlsplit(address if "://" in address else f"http://{address}")
        if not proxy.hostname:
            continue
        found[f"{scheme}.proxyHost"] = proxy.hostname
        found[f"{scheme}.proxyPort"] = str(proxy.port or (443 if proxy.scheme == "https" else 80))
        if proxy.username:  # Ivy's names, for both schemes
            found["http.proxyUser"] = unquote(proxy.username)
            found["http.proxyPassword"] = unquote(proxy.password or "")
            found["jdk.http.auth.tunneling.disabledSchemes"] = ""
    if found:
        # The first three are Java's own, which a value of one's own replaces.
        names = ["localhost", "127.*", "[::1]"]
        for name in excluded:
            bare = name.lstrip("*.")
            names += [bare, f"*.{bare}"]
        found["http.nonProxyHosts"] = "|".join(dict.fromkeys(names))
    return found


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _spark_defaults(gateway: jvm.Gateway, spark_jars: Sequence[Path]) -> dict[str, str]:
    """The settings of spark-defaults.conf, which is where Spark looks for it; none if there is none."""
    folder = os.environ.get("SPARK_CONF_DIR") or spark_jars[0].parent.parent / "conf"
    file = Path(folder) / "spark-defaults.conf"
    if not file.is_file():
        return {}
    java = gateway.client.jvm
    properties = java.java.util.Properties()
    properties.load(java.java.io.StringReader(file.read_text(encoding="utf-8")))
    return {str(name): str(value).strip() for name, value in dict(properties).items()}
