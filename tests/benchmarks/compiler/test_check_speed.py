"""How long the checks take: against `ast.parse` as the floor, Fixit with its default rules, and `dbt parse`.

Run with `pytest tests/benchmarks/compiler/test_check_speed.py -s`. Fixit is installed into a virtual
environment of its own below the temporary folder; where that is not possible, its rows are left out.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.plan.planner import RunContext, plan
from glue_compiler.project.load import load_project
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
MODELS = 300


def _corpus() -> Any:
    path = ROOT / "tests" / "data" / "corpus" / "assemble.py"
    spec = importlib.util.spec_from_file_location("corpus_assemble", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    _corpus().assemble(folder, MODELS)
    return folder


def milliseconds(action: Callable[[], object], rounds: int = 5) -> float:
    """Processor time: the best of some rounds, after one that is not counted."""
    action()
    times = []
    for _ in range(rounds):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return min(times) * 1000


@dataclass(frozen=True, order=True)
class Took:
    """Seconds of a command in a process of its own: on the clock, and of the processors."""

    processor: float
    clock: float

    def __str__(self) -> str:
        return f"{self.clock:6.2f} s, {self.processor:6.2f} s of processor"


def command_seconds(
    command: list[str], folder: Path, rounds: int = 3, codes: tuple[int, ...] = (0,)
) -> Took:
    """The best times of a command."""
    times = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        clock = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        times.append(Took(used, clock))
        assert done.returncode in codes, (command, done.stdout[-2000:], done.stderr[-2000:])
    return min(times)


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def test_in_process(corpus: Path) -> None:
    project = load_project(corpus, cache=False)
    ours, floor, lines, per_hundred = 0.0, 0.0, 0, []
    for path in sorted(corpus.glob("models/**/*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(corpus).as_posix()
        size = text.count("\n")

        def checked(text: str = text, name: str = name) -> object:
            source = SourceText(text)
            return check(analyze(source), source, project, path=name)

        took = milliseconds(checked, 2)
        ours += took
        floor += milliseconds(lambda text=text: ast.parse(text), 2)  # type: ignore[misc]
        lines += size
        per_hundred.append(took / size * 100)
    say()
    say(f"in process, {MODELS} models, {lines} lines")
    say(f"  analyse and check      {ours / lines * 100:7.1f} ms per 100 lines")
    say(f"  median of the models   {statistics.median(per_hundred):7.1f} ms per 100 lines")
    say(f"  ast.parse              {floor / lines * 100:7.2f} ms per 100 lines")
    say(f"  ratio                  {ours / floor:7.0f} x ast.parse")
    for wanted in (190, 2000):
        text = long_model(wanted)
        source = SourceText(text)
        analysed = milliseconds(lambda source=source: analyze(source), 3)  # type: ignore[misc]
        both = milliseconds(lambda source=source: check(analyze(source), source), 3)  # type: ignore[misc]
        say(f"  {wanted:4} lines: analyse {analysed:6.1f} ms, with the rules {both:6.1f} ms")
        facts = analyze(source)
        planned = milliseconds(lambda f=facts, s=source: plan(f, s, RunContext()), 3)  # type: ignore[misc]
        say(f"              plan {planned:9.1f} ms, {planned / analysed:4.2f} x the analysis")
    assert ours > 0


def long_model(lines: int) -> str:
    """A model of so many lines: column expressions, branches and joins."""
    head = "from pyspark.sql import functions as F\n\n\ndef model(dbt, session):\n"
    body = ['    df = dbt.ref("orders")']
    index = 0
    while len(body) < lines - 6:
        body += [
            f'    df = df.withColumn("a_{index}", F.col("amount") * {index})',
            f'    if dbt.config.get("with_{index}", False):',
            f'        df = df.filter(F.col("a_{index}") > {index})',
            f'    other_{index} = dbt.ref("items").select("id", "day")',
            f'    df = df.join(other_{index}.withColumnRenamed("day", "day_{index}"), "id", "left")',
        ]
        index += 1
    return head + "\n".join(body) + "\n    return df\n"


def test_on_the_command_line(corpus: Path) -> None:
    tool = str(BIN / "dbt-glue")
    file = str(sorted(corpus.glob("models/area_00/*.py"))[0].relative_to(corpus))
    cache = corpus / ".dbt_glue_cache"

    def cold() -> Took:
        times = []
        for _ in range(3):
            shutil.rmtree(cache, ignore_errors=True)
            times.append(command_seconds([tool, "check"], corpus, 1))
        return min(times)

    single = command_seconds([tool, "check", "--no-cache", file], corpus)
    project_cold = cold()
    project_warm = command_seconds([tool, "check"], corpus)
    parse = command_seconds(
        [
            *(str(BIN / "dbt"), "--no-send-anonymous-usage-stats", "parse", "--no-partial-parse"),
            *("--profiles-dir", "."),
        ],
        corpus,
        1,
    )
    say()
    say(f"on the command line, {os.cpu_count()} cores")
    say(f"  dbt-glue check, one file       {single}")
    say(f"  dbt-glue check, {MODELS}, cold       {project_cold}")
    say(f"  dbt-glue check, {MODELS}, warm       {project_warm}")
    say(
        f"  dbt parse, {MODELS}                  {parse}  {parse.processor / project_cold.processor:5.1f} x cold"
    )
    fixit = fixit_command()
    if fixit is None:
        say("  Fixit could not be installed; not compared")
        return
    quiet = [fixit, "--quiet", "lint"]
    fixit_one = command_seconds([*quiet, file], corpus, codes=(0, 1))
    fixit_all = command_seconds([*quiet, "models"], corpus, 1, codes=(0, 1))
    say(
        f"  fixit lint, one file           {fixit_one}  {fixit_one.processor / single.processor:5.1f} x"
    )
    say(
        f"  fixit lint, {MODELS}                 {fixit_all}  {fixit_all.processor / project_cold.processor:5.1f} x cold"
    )
    per_file = fixit_per_file(fixit, corpus)
    if per_file is not None:
        ours = our_per_file(corpus)
        say(
            f"  per file in process: fixit {per_file:.1f} ms, dbt-glue {ours:.1f} ms, {per_file / ours:.1f} x"
        )
    assert single < fixit_all


def fixit_command() -> str | None:
    """Fixit in an environment of its own; None when it cannot be installed."""
    folder = Path(tempfile.gettempdir()) / "dbt-glue-benchmark-fixit"
    tool = folder / "bin" / "fixit"
    if tool.exists():
        return str(tool)
    steps = (
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "pip"), "install", "--quiet", "fixit"],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            say(f"  {' '.join(step)}: {done.stderr.strip()[-300:]}")
            return None
    return str(tool)


_FIXIT_IN_PROCESS = """
import sys, time
from pathlib import Path
from fixit.api import fixit_bytes
from fixit.config import generate_config
files = sorted(Path("models").glob("**/*.py"))[:100]
config = generate_config(files[0])
texts = [path.read_bytes() for path in files]
for text in texts[:5]:
    list(fixit_bytes(files[0], text, config=config))
started = time.process_time()
for path, text in zip(files, texts):
    list(fixit_bytes(path, text, config=config))
print((time.process_time() - started) / len(files) * 1000)
"""


def fixit_per_file(fixit: str, corpus: Path) -> float | None:
    """Milliseconds per file in one process, with Fixit's default rules."""
    python = str(Path(fixit).parent / "python")
    done = subprocess.run(
        [python, "-c", _FIXIT_IN_PROCESS], cwd=corpus, capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(f"  fixit in process: {done.stderr.strip()[-300:]}")
        return None
    return float(done.stdout.split()[-1])


def our_per_file(corpus: Path) -> float:
    """The same for our analysis and rules."""
    files = sorted(corpus.glob("models/**/*.py"))[:100]
    texts = [path.read_text(encoding="utf-8") for path in files]
    for text in texts[:5]:
        check(analyze(text), SourceText(text))
    started = time.process_time()
    for text in texts:
        source = SourceText(text)
        check(analyze(source), source)
    return (time.process_time() - started) / len(files) * 1000
