"""Every place of the product that starts a process: none has the folder of a project among Python's modules."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.process.client import ensure_endpoint, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WINGS = ("dbt", "lsp", "cli", "compiler", "endpoint", "session")
STARTERS = frozenset(
    (
        *(f"subprocess.{name}" for name in ("Popen", "run", "call", "check_call", "check_output")),
        *(
            "subprocess.getoutput",
            "subprocess.getstatusoutput",
            "os.system",
            "os.popen",
            "pty.spawn",
        ),
        *("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
        *("os.posix_spawn", "os.posix_spawnp", "os.fork", "os.forkpty", "ProcessPoolExecutor"),
        *(f"os.{kind}{end}" for kind in ("exec", "spawn") for end in ("v", "ve", "vp", "l", "le")),
        *(
            "get_context",
            "multiprocessing.get_context",
            "multiprocessing.Process",
            "Process",
            "Pool",
        ),
    )
)

# How each keeps a project's files from being taken for modules. A new place is to be added here, with the way
# that it does; where it starts Python with `-m` or `-c`, NEUTRAL or ISOLATED is checked in its source.
NEUTRAL = "starts in the folder of Python's own library, and says -P"
ISOLATED = "says -I, which leaves the folder out"
SCRIPT = "runs a script of ours: Python looks beside the script"
NO_PYTHON = "starts no Python"
COPY = "is a copy of this process"
SAFE_POOL = "asks glue_cli.forked.pool_context"
OWN_FOLDER = "starts in a new folder that this process has just made"
USERS_OWN = "is the command that the user wrote, started as the shell would"
TRACKER = "starts multiprocessing's tracker, which main() has started in a neutral folder"
PLACES = {
    ("lsp/glue_lsp/work/child.py", "start"): NEUTRAL,
    ("cli/glue_cli/validation_client.py", "_conversation"): NEUTRAL,
    ("cli/glue_cli/forked.py", "begin"): COPY,
    ("cli/glue_cli/forked.py", "pool_context"): SAFE_POOL,
    ("cli/glue_cli/checking.py", "_check_missing"): SAFE_POOL,
    ("cli/glue_cli/commands/record.py", "record"): USERS_OWN,
    ("dbt/adapters/glue/validation/project.py", "_make_adapter"): TRACKER,
    ("endpoint/glue_endpoint/process/client.py", "_start"): NEUTRAL,
    ("endpoint/glue_endpoint/spark/archive.py", "build_in_background"): NEUTRAL,
    ("endpoint/glue_endpoint/spark/fork_server.py", "_start"): COPY,
    ("endpoint/glue_endpoint/spark/forks.py", "start_script"): SCRIPT,
    ("endpoint/glue_endpoint/spark/installer.py", "_wait"): OWN_FOLDER,
    ("endpoint/glue_endpoint/spark/java_home.py", "_ask"): NO_PYTHON,
    ("endpoint/glue_endpoint/spark/jvm.py", "start_jvm"): NO_PYTHON,
    ("endpoint/glue_endpoint/spark/sparks.py", "_fill"): ISOLATED,
    ("endpoint/glue_endpoint/sessions/packages.py", "_bring_pip"): ISOLATED,
    ("endpoint/glue_endpoint/metastore/peers.py", "_lsof"): NO_PYTHON,
}


def starts() -> Iterator[tuple[str, str, str]]:
    """File, function and the function's source of each call that starts a process."""
    for wing in WINGS:
        for file in sorted((ROOT / wing).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            functions = [
                node
                for node in ast.walk(tree)
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            ]
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in STARTERS:
                    around = [
                        item
                        for item in functions
                        if item.lineno <= call.lineno <= item.end_lineno  # type: ignore[operator]
                    ]
                    inner = max(around, key=lambda item: item.lineno, default=None)
                    name = "" if inner is None else inner.name
                    source = "" if inner is None else ast.unparse(inner)
                    yield file.relative_to(ROOT).as_posix(), name, source


def test_every_place_says_how_it_is_safe() -> None:
    found = {(file, name): source for file, name, source in starts()}
    assert set(found) == set(PLACES)
    for place, way in PLACES.items():
        source = found[place]
        if way == NEUTRAL:
            assert "cwd=NEUTRAL_FOLDER" in source, place
            assert "module_command(" in source, place
        elif way == ISOLATED:
            assert "'-I'" in source, place
        elif way == COPY:
            assert "os.fork()" in source, place


NAMES = (
    *("json", "typing", "logging", "hmac", "argparse", "pathlib", "multiprocessing", "pickle"),
    *("glue_endpoint", "pyspark", "py4j", "thriftpy2", "sitecustomize", "usercustomize", "dbt"),
    *("threading", "signal", "warnings", "glue_compiler", "glue_cli", "libcst", "socket", "struct"),
)


def plant(folder: Path) -> Path:
    """Put modules into a folder that say so when they are run; the file that they write into."""
    mark = folder.parent / f"{folder.name}-was-run.txt"
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        text = f"open({str(mark)!r}, 'a').write('{name} ')\nraise ImportError('{name}')\n"
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / "planted.pth").write_text(f"import os; open({str(mark)!r}, 'a').write('pth ')\n")
    return mark


def test_an_endpoint_whose_folder_a_project_brings(tmp_path: Path) -> None:
    """A profile names the endpoint's folder, and a repository can have files in it."""
    folder = tmp_path / "state"
    mark = plant(folder)
    handle = ensure_endpoint(folder)
    try:
        assert not mark.exists(), mark.read_text(encoding="utf-8")
        # What sessions start from there on starts where it did.
        if sys.platform == "linux":
            assert Path(f"/proc/{handle.pid}/cwd").resolve() == folder.resolve()
    finally:
        stop(folder)
    assert not mark.exists(), mark.read_text(encoding="utf-8")


@pytest.mark.parametrize("threads", [0, 1])
def test_processes_that_check_where_none_can_be_copied(tmp_path: Path, threads: int) -> None:
    """macOS and Windows begin processes anew, with the working directory first where modules are looked for."""
    project = tmp_path / "project"
    mark = plant(project)
    (project / "dbt_project.yml").write_text("name: shop\nmodel-paths: [models]\n")
    (project / "models").mkdir()
    for number in range(30):
        (project / f"models/model_{number}.py").write_text(
            f"def model(dbt, session):\n    return dbt.ref('missing_{number}')\n"
        )
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing, sys, threading\n"
        "from glue_cli import forked\n"
        "from glue_cli.main import main\n"
        "if __name__ == '__main__':\n"
        "    multiprocessing.set_start_method('spawn')\n"
        "    forked.can_fork = lambda: False\n"
        f"    for _ in range({threads}):\n"
        "        threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "    main()\n"
    )
    ran = subprocess.run(
        [
            sys.executable,
            str(program),
            "check",
            "--no-cache",
            "--jobs",
            "2",
            "--output-format",
            "concise",
        ],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONSAFEPATH": ""},
    )
    assert not mark.exists(), mark.read_text(encoding="utf-8")
    assert ran.stdout.count("GLU208") == 30, ran.stdout + ran.stderr
