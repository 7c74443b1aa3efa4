"""Every place of the product that starts a process: none has the folder of a project among Python's modules."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.process.client import ensure_endpoint, stop
from glue_endpoint.spark.worker_process import worker_environment
from glue_lsp.work.command import child_environment

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


CLIENT = ROOT / "vscode-client/src"
CLIENT_STARTERS = re.compile(
    r"\b(execFile|spawn|exec|fork)\b.*node:child_process|extends LanguageClient|new vscode\.\w+Execution"
)
SERVER_START = "is started as `serverStart` says: in a folder of the extension, without relative entries of PYTHONPATH"
TRUSTED = "is only there in a workspace that is trusted: VS Code runs no task in another"
CLIENT_PLACES = {
    "server/client.ts": SERVER_START,
    "server/discovery.ts": SERVER_START,
    "server/installation.ts": TRUSTED,
    "runs/terminal.ts": TRUSTED,
    "runs/tasks.ts": TRUSTED,
}


def test_every_place_of_the_client_says_how_it_is_safe() -> None:
    texts = {
        file.relative_to(CLIENT).as_posix(): file.read_text(encoding="utf-8")
        for file in CLIENT.rglob("*.ts")
    }
    assert {name for name, text in texts.items() if CLIENT_STARTERS.search(text)} == set(
        CLIENT_PLACES
    )
    for name, way in CLIENT_PLACES.items():
        if way == SERVER_START:
            assert "start: Start;" in texts[name], name
            assert "cwd" not in texts[name], name
    assert texts["server/folderServer.ts"].count("start: this.startOf(),") == 2
    assert "return serverStart(this.own," in texts["server/folderServer.ts"]
    assert "context.extensionPath" in texts["extension.ts"]


NAMES = (
    *("json", "typing", "logging", "hmac", "argparse", "pathlib", "multiprocessing", "pickle"),
    *("glue_endpoint", "pyspark", "py4j", "thriftpy2", "sitecustomize", "usercustomize", "dbt"),
    *("threading", "signal", "warnings", "glue_compiler", "glue_cli", "libcst", "socket", "struct"),
)


BEFORE_US = frozenset(("encodings", "sitecustomize", "usercustomize", "glue_cli"))
"""What Python looks for before it has run a line of ours."""


def plant(folder: Path, without: frozenset[str] = frozenset()) -> Path:
    """Put modules into a folder that say so when they are run; the file that they write into."""
    mark = folder.parent / f"{folder.name}-was-run.txt"
    folder.mkdir(parents=True, exist_ok=True)
    for name in set(NAMES) - without:
        text = f"open({str(mark)!r}, 'a').write('{name} ')\nraise ImportError('{name}')\n"
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / "planted.pth").write_text(f"import os; open({str(mark)!r}, 'a').write('pth ')\n")
    return mark


@pytest.mark.parametrize(
    "python_path", [":/nowhere/lib", ".", "../project:/nowhere/lib", "/nowhere/lib:"]
)
@pytest.mark.parametrize("arguments", [("--version",), ("explain", "GLU208"), ("check",), ("lsp",)])
def test_the_command_in_a_folder_that_python_path_names_by_accident(
    tmp_path: Path, python_path: str, arguments: tuple[str, ...]
) -> None:
    """`PYTHONPATH=$PYTHONPATH:/opt/lib` makes the folder that an editor starts the server in the first one of modules."""
    project = tmp_path / "project"
    mark = plant(project, without=BEFORE_US)
    (project / "dbt_project.yml").write_text("name: shop\nmodel-paths: [models]\n")
    (project / "models").mkdir()
    (project / "models/one.py").write_text(
        "def model(dbt, session):\n    return session.range(1)\n"
    )
    # Checks of many files set it for the processes that they start; a user's shell has none.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONSAFEPATH"}
    environment["PYTHONPATH"] = python_path
    control = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.pop(0); import typing"],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert control.returncode, "the environment is harmless"
    mark.unlink()
    ran = subprocess.run(
        [str(Path(sys.executable).with_name("dbt-glue")), *arguments],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not mark.exists(), mark.read_text(encoding="utf-8") + ran.stderr
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_the_user_named_in_full_stays(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "import glue_cli, sys; print(sys.path)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f":{tmp_path}/lib:lib:{tmp_path}/other"},
        capture_output=True,
        text=True,
        check=True,
    )
    named = [entry for entry in ast.literal_eval(ran.stdout) if entry.startswith(str(tmp_path))]
    # The first is the working directory of `python -c`; `lib` is the folder that is also named in full.
    assert named == [f"{tmp_path}/lib", f"{tmp_path}/other"]


@pytest.mark.parametrize("written", ["", ".:/opt/lib", ":/opt/lib:lib:/srv/lib:", "/opt/lib"])
def test_children_have_the_entries_that_mean_the_same_everywhere(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    kept = ":".join(entry for entry in written.split(":") if entry.startswith("/"))
    monkeypatch.setenv("PYTHONPATH", written)
    assert child_environment()["PYTHONPATH"] == kept
    assert worker_environment({})["PYTHONPATH"] == kept
    monkeypatch.delenv("PYTHONPATH")
    assert "PYTHONPATH" not in child_environment()
    assert "PYTHONPATH" not in worker_environment({})


def test_an_endpoint_whose_folder_a_project_brings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile names the endpoint's folder, and a repository can have files in it."""
    monkeypatch.setenv("PYTHONPATH", ":/nowhere/lib:.")
    folder = tmp_path / "state"
    mark = plant(folder)
    handle = ensure_endpoint(folder)
    try:
        assert not mark.exists(), mark.read_text(encoding="utf-8")
        # What sessions start from there on starts where it did.
        if sys.platform == "linux":
            assert Path(f"/proc/{handle.pid}/cwd").resolve() == folder.resolve()
            given = Path(f"/proc/{handle.pid}/environ").read_bytes().split(b"\0")
            assert b"PYTHONPATH=/nowhere/lib" in given
    finally:
        stop(folder)
    assert not mark.exists(), mark.read_text(encoding="utf-8")


@pytest.mark.parametrize(("threads", "python_path"), [(0, ""), (1, ""), (1, ":/nowhere/lib")])
def test_processes_that_check_where_none_can_be_copied(
    tmp_path: Path, threads: int, python_path: str
) -> None:
    """macOS and Windows begin processes anew, with the working directory first where modules are looked for."""
    project = tmp_path / "project"
    mark = plant(project, without=BEFORE_US if python_path else frozenset())
    (project / "dbt_project.yml").write_text("name: shop\nmodel-paths: [models]\n")
    (project / "models").mkdir()
    for number in range(30):
        (project / f"models/model_{number}.py").write_text(
            f"def model(dbt, session):\n    return dbt.ref('missing_{number}')\n"
        )
    program = tmp_path / "program.py"
    program.write_text(
        "import glue_cli\n"
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
        env={**os.environ, "PYTHONSAFEPATH": "", "PYTHONPATH": python_path},
    )
    assert not mark.exists(), mark.read_text(encoding="utf-8")
    assert ran.stdout.count("GLU208") == 30, ran.stdout + ran.stderr
