"""Checks that run beside each other: one that fails fails all, outputs stay whole, and nothing outlives them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tools import lanes, verify
from tools.lanes import Counts, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.lanes import Outcome, Shell

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0

# Says its lines only while the other one runs, so that both print at the same time.
TURNS = """
import sys, time
from pathlib import Path
own, other = Path(sys.argv[1]), Path(sys.argv[2])
for turn in range(3):
    print(own.name, turn, flush=True)
    own.write_text(str(turn))
    while not other.exists() or int(other.read_text() or -1) < turn:
        time.sleep(0.01)
"""
# Leaves a process of a session of its own behind, as an endpoint is, and then waits, or is killed.
DETACHED = """
import json, os, signal, subprocess, sys, time
code = "import time; print(flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()  # it is there: in the middle of its start it has no environment to be known by
with open(sys.argv[1] + ".new", "w") as file:
    json.dump([os.getpid(), child.pid], file)
os.replace(sys.argv[1] + ".new", sys.argv[1])
if sys.argv[2] == "crash":
    os.kill(os.getpid(), signal.SIGKILL)
time.sleep(600)
"""


def python(code: str, *arguments: object) -> Callable[[Shell], Outcome]:
    """Work that runs some Python; good when that exits with 0."""

    def work(shell: Shell) -> Outcome:
        return shell.call(sys.executable, "-c", code, *map(str, arguments)) == 0, None

    return work


def ended(pid: int) -> bool:
    """Whether a process has ended; a container may have nobody who collects it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE} s"
        time.sleep(0.02)


def test_what_may_not_end_in_time_is_not_begun_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(lanes.time, "monotonic", lambda: now[0])

    def taking(seconds: float) -> Callable[[Shell], Outcome]:
        def work(shell: Shell) -> Outcome:
            now[0] += seconds
            return True, None

        return work

    jobs = [Job(f"{place}", taking(seconds)) for place, seconds in enumerate((40, 10, 15, 5, 1))]
    results, late = lanes.run(jobs, 1, within=100)
    assert [(result.job, result.seconds) for result in results] == [("0", 40), ("1", 10), ("2", 15)]
    assert late == ["3", "4"]
    assert [result.job for result in lanes.run(jobs, 1)[0]] == ["0", "1", "2", "3", "4"]


def test_what_runs_when_the_time_is_over_is_stopped_and_says_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = time.monotonic
    files = [tmp_path / name for name in ("well", "badly", "silently")]
    over = lambda: all(file.exists() for file in files)  # noqa: E731
    monkeypatch.setattr(lanes.time, "monotonic", lambda: real() + (1000 if over() else 0))
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "print(sys.argv[2], flush=True)\nprint('ERROR is no mark', flush=True)\n"
        "Path(sys.argv[1]).touch()\ntime.sleep(600)"
    )
    jobs = [
        Job("well", python(code, files[0], "...s  [ 40%]\n..")),
        Job("badly", python(code, files[1], ".F.E")),
        Job("silently", python(code, files[2], "FAILED  newest: run")),
        Job("never", python(code, tmp_path / "never", ".")),
    ]
    results, late = lanes.run(jobs, 3, within=900)
    assert [(r.job, r.good, r.stopped) for r in results] == [
        ("well", True, True),
        ("badly", False, True),
        ("silently", False, True),
    ]
    assert [r.counts for r in results] == [Counts(5, 0, 1), Counts(2, 2), Counts()]
    assert late == ["never"]
    assert not (tmp_path / "never").exists()
    assert (
        "ok, but not all of it: stopped when the time was over  5 passed" in capsys.readouterr().out
    )


def test_what_failed_is_named_again_at_the_end(tmp_path: Path) -> None:
    """A long output is read from its end, where the table alone would say how many failed."""
    report = tmp_path / "newest.xml"
    report.write_text(
        '<testsuites><testsuite tests="3" failures="1" errors="1" skipped="0">'
        '<testcase classname="newest" name="start"/>'
        '<testcase classname="newest" name="wrong-path"><failure>Error: no button\n  at x</failure></testcase>'
        '<testcase classname="tests.test_it" name="test_it"><error message="no endpoint">trace</error></testcase>'
        "</testsuite></testsuites>"
    )
    counts = verify.counts_of(report)
    text = verify.summary([lanes.Result("vscode-e2e", 3.0, False, counts)], {}, 3.0)
    assert text.splitlines()[-5:] == [
        "failed:",
        "  vscode-e2e: newest: wrong-path: Error: no button",
        "  vscode-e2e: tests.test_it: test_it: no endpoint",
        "",
        "total: 1 passed, 2 failed",
    ]


def test_the_output_of_each_job_is_printed_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    jobs = [Job("one", python(TURNS, one, two)), Job("two", python(TURNS, two, one))]
    results, _ = lanes.run(jobs, 2)
    assert [(result.job, result.good) for result in results] == [("one", True), ("two", True)]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1:] for line in lines[:2]] == [["one", "starts"], ["two", "starts"]]
    for name in ("one", "two"):
        begin = lines.index(f"=== {name}")
        assert lines[begin + 1 : begin + 4] == [f"{name} 0", f"{name} 1", f"{name} 2"]
        assert re.search(rf"{name} has ended after [\d.]+ s: ok$", lines[begin + 4])


def test_a_job_that_waits_for_another_starts_when_that_has_ended() -> None:
    order: list[str] = []

    def work(name: str) -> Callable[[Shell], Outcome]:
        def run(shell: Shell) -> Outcome:
            order.append(f"{name} begins")
            assert shell.call(sys.executable, "-c", "") == 0
            order.append(f"{name} ends")
            return True, None

        return run

    lanes.run([Job("last", work("last"), after=("first",)), Job("first", work("first"))], 2)
    assert order == ["first begins", "first ends", "last begins", "last ends"]


def test_a_job_that_runs_alone_has_nothing_beside_it() -> None:
    order: list[str] = []
    together = threading.Barrier(2, timeout=PATIENCE)
    later = threading.Event()

    def paired(name: str) -> Callable[[Shell], Outcome]:
        def run(shell: Shell) -> Outcome:
            order.append(name)
            if name in "cd":
                later.set()
            together.wait()
            return True, None

        return run

    def alone(shell: Shell) -> Outcome:
        order.append("alone")
        return not later.wait(0.3), None

    jobs = [
        *(Job(name, paired(name)) for name in "ab"),
        Job("alone", alone, alone=True),
        *(Job(name, paired(name)) for name in "cd"),
    ]
    results, _ = lanes.run(jobs, 2)
    assert [result.good for result in results] == [True] * 5
    assert order[2] == "alone"


def test_a_part_that_fails_fails_the_whole_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def raising(shell: Shell) -> Outcome:
        raise ZeroDivisionError("as it happens")

    def counted(shell: Shell) -> Outcome:
        return True, Counts(passed=3, skipped=1)

    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setattr(
        verify,
        "PARTS",
        {
            "bad": (Job("bad", python("raise SystemExit(3)")),),
            "raising": (Job("raising", raising),),
            "good": (Job("good", counted), Job("good: more", counted)),
        },
    )
    assert verify.main(["good", "bad", "raising"]) == 1
    output = capsys.readouterr().out
    assert "ZeroDivisionError: as it happens" in output
    rows = dict(re.findall(r"^([a-z: ]+?) +\d+\.\d  (ok|FAILED)", output, flags=re.MULTILINE))
    assert rows == {"bad": "FAILED", "raising": "FAILED", "good": "ok", "good: more": "ok"}
    assert output.splitlines()[-1] == "total: 6 passed, 1 failed, 2 skipped"
    assert verify.main(["good"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "total: 6 passed, 0 failed, 2 skipped"


def test_a_job_that_crashes_leaves_no_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "ENDING", 0.2)
    told = tmp_path / "pids"
    jobs = [Job("crash", python(DETACHED, told, "crash")), Job("other", python("print('fine')"))]
    results, _ = lanes.run(jobs, 2)
    assert [result.good for result in results] == [False, True]
    assert all(map(ended, json.loads(told.read_text())))
    assert "left behind, and ended now" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_ctrl_c_ends_everything_that_runs(tmp_path: Path, number: signal.Signals) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        "import sys\n"
        "from tools import lanes, verify\n"
        f"DETACHED = {DETACHED!r}\n"
        f"folder = {str(tmp_path)!r}\n"
        "def waiting(name):\n"
        "    command = (sys.executable, '-c', DETACHED, f'{folder}/{name}', 'wait')\n"
        "    return lanes.Job(name, lambda shell: (shell.call(*command) == 0, None))\n"
        "names = ('one', 'two', 'three')\n"
        "verify.PARTS = {name: (waiting(name),) for name in names}\n"
        "sys.exit(verify.main(['--lanes', '2']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    files = [tmp_path / "one", tmp_path / "two"]
    until(lambda: all(file.exists() for file in files), "both run")
    process.send_signal(number)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, output
    assert output.splitlines()[-1] == "stopped: nothing of it runs any more"
    assert not (tmp_path / "three").exists()
    for file in files:
        assert all(map(ended, json.loads(file.read_text())))


def test_every_test_is_in_one_job_but_for_benchmarks() -> None:
    found = {path for path in (ROOT / "tests").rglob("test_*.py") if "benchmarks" not in path.parts}
    jobs: list[Path] = []
    for places in verify.TESTS.values():
        left_out = [ROOT / p.removeprefix("--ignore=") for p in places if p.startswith("--ignore=")]
        for place in places:
            if (ROOT / place).exists():
                jobs += [
                    path
                    for path in (ROOT / place).rglob("test_*.py")
                    if not any(folder in path.parents for folder in left_out)
                ]
    assert sorted(jobs) == sorted(found)
