"""The language servers that are compared, each pinned, in a virtual environment of their own."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.lsp.tables import say
from tests.unit.lsp.wire import SERVER

PINS = (
    "basedpyright==1.40.2",
    "fixit[lsp]==2.2.1",
    "jedi-language-server==0.47.0",
    "pyrefly==1.4.1",
    "ruff==0.17.6",
    "ty==0.0.107",
)
OURS = "dbt-glue"
COMPARED = ("dbt-glue", "ruff", "ty", "basedpyright", "basedpyright (push)", "pyrefly")


@dataclass(frozen=True)
class Server:
    """How a server is started, and whether the client pulls findings where the server lets it.

    A client that does not pull is sent them, and some servers wait a while before they look.
    """

    name: str
    command: tuple[str, ...]
    pulled: bool = True


def chosen() -> list[Server]:
    """The servers that `LSP_BENCH_SERVERS` names, or those compared; without what cannot be installed."""
    names = os.environ.get("LSP_BENCH_SERVERS", ",".join(COMPARED)).split(",")
    known = {OURS: Server(OURS, SERVER), "dbt-glue (push)": Server(OURS + " (push)", SERVER, False)}
    if set(names) - set(known):
        known |= _others()
    return [known[name.strip()] for name in names if name.strip() in known]


def environment() -> dict[str, str]:
    """What servers run in: `LSP_BENCH_PYTHON` is an environment whose packages type checkers then see.

    Without it they see the standard library only, and have less to do with a model than with PySpark.
    """
    packages = os.environ.get("LSP_BENCH_PYTHON")
    if packages is None:
        return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    folder = Path(packages).absolute()
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    return {**os.environ, "VIRTUAL_ENV": str(folder), "PATH": path}


def _others() -> dict[str, Server]:
    folder = _installed()
    if folder is None:
        say("(the other servers cannot be installed here: dbt-glue is measured alone)")
        return {}
    basedpyright = (str(folder / "basedpyright-langserver"), "--stdio")
    found = (
        Server("ruff", (str(folder / "ruff"), "server")),
        Server("ty", (str(folder / "ty"), "server")),
        Server("basedpyright", basedpyright),
        Server("basedpyright (push)", basedpyright, pulled=False),
        Server("pyrefly", (str(folder / "pyrefly"), "lsp")),
        Server("fixit", (str(folder / "fixit"), "lsp", "--stdio", "true")),
        Server("jedi", (str(folder / "jedi-language-server"),)),
    )
    return {server.name: server for server in found}


def _installed() -> Path | None:
    """The folder of the servers' commands, one environment for each set of pins; None without an index."""
    mark = hashlib.sha256("\n".join(PINS).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"dbt-glue-benchmark-servers-{mark}"
    done = folder / "installed"
    uv = (sys.executable, "-m", "uv")
    if not done.exists():
        for command in (
            (*uv, "venv", "--quiet", "--clear", str(folder)),
            (*uv, "pip", "install", "--quiet", "--python", str(folder / "bin/python"), *PINS),
        ):
            if subprocess.run(command, check=False, capture_output=True).returncode != 0:
                return None
        done.touch()
    return folder / "bin"
