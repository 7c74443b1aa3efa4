"""How long an editor waits for the language server, over standard input and output, beside two other servers.

Run with `pytest tests/benchmarks/lsp/test_latency.py -s`. Fixit's and jedi's servers are installed into
a virtual environment of their own below the temporary folder; where that is not possible, their rows
are left out. Times are of the clock, as an editor's user has them: run it on a machine that is idle.
"""

from __future__ import annotations

import queue
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.benchmarks.compiler.bench_analyze import model_of
from tests.benchmarks.compiler.test_check_speed import _corpus
from tests.unit.lsp.wire import SERVER, WireClient

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = 300
PULLS = {
    "textDocument": {
        "diagnostic": {},
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
    }
}
TYPED = '    kept = events.filter("amount > 1").select("country")\n'
ROUNDS = 40


def say(text: str) -> None:
    """Past pytest's capture."""
    print(text, file=sys.__stdout__, flush=True)


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def timed(work: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of the clock of each round."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return times


class Typist:
    """Types into one document of a server, and asks it things."""

    def __init__(self, client: WireClient, uri: str, text: str) -> None:
        self.client = client
        self.uri = uri
        self.item = {"uri": uri}
        self.version = 1
        self.lines = text.split("\n")
        client.open(uri, text)
        self.line = next(number for number, line in enumerate(self.lines) if "started = dt" in line)
        self.pulls = "diagnosticProvider" in client.capabilities

    def edit(self, line: int, start: int, end: int, text: str, end_line: int | None = None) -> None:
        self.version += 1
        change = {
            "range": {
                "start": {"line": line, "character": start},
                "end": {"line": line if end_line is None else end_line, "character": end},
            },
            "text": text,
        }
        document = {"uri": self.uri, "version": self.version}
        self.client.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
        )

    def diagnostics(self) -> Any:
        """The findings of the present text, pulled or waited for."""
        if self.pulls:
            return self.client.ask("textDocument/diagnostic", {"textDocument": self.item})
        while True:
            found = self.client.wait_for("textDocument/publishDiagnostics", self.uri)
            if found.get("version") in (None, self.version):
                return found

    def key_strokes(self, text: str = TYPED) -> list[float]:
        """Type a line in the middle, one character after the other, each until its findings are there."""
        times = []
        for column, char in enumerate(text.rstrip("\n")):
            started = time.perf_counter()
            self.edit(self.line, column, column, char + ("\n" if column == 0 else ""))
            if column == 0:
                self.edit(self.line, 1, 1, "")
            self.diagnostics()
            times.append(1000 * (time.perf_counter() - started))
        self.edit(self.line, 0, 0, "", end_line=self.line + 1)
        self.diagnostics()
        return times

    def small_edits(self, rounds: int = 20) -> list[float]:
        """Change a number in a whole text, so that each state is analysed in full."""
        line = next(n for n, row in enumerate(self.lines) if "THRESHOLD = 100" in row)
        times = []
        for number in range(rounds):
            started = time.perf_counter()
            self.edit(line, 12, 15, str(200 + number))
            self.diagnostics()
            times.append(1000 * (time.perf_counter() - started))
        return times

    def hover(self, line: str, word: str) -> Any:
        number = next(n for n, row in enumerate(self.lines) if line in row)
        position = {"line": number, "character": self.lines[number].index(word) + 1}
        return self.client.ask(
            "textDocument/hover", {"textDocument": self.item, "position": position}
        )

    def completion(self, line: int, character: int) -> Any:
        return self.client.ask(
            "textDocument/completion",
            {"textDocument": self.item, "position": {"line": line, "character": character}},
        )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    _corpus().assemble(folder, MODELS)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: shop\n", encoding="utf-8")
    (tmp_path / "models/events.sql").write_text("select 1 as id", encoding="utf-8")
    (tmp_path / "models/customers.sql").write_text("select 1 as id", encoding="utf-8")
    return tmp_path


def others() -> dict[str, tuple[str, ...]]:
    """The commands of the other servers by name; those that cannot be installed are left out."""
    folder = Path(tempfile.gettempdir()) / "dbt-glue-benchmark-servers"
    python = folder / "bin/python"
    if not (folder / "bin/jedi-language-server").exists():
        for command in (
            [sys.executable, "-m", "uv", "venv", "--quiet", str(folder)],
            [
                *(sys.executable, "-m", "uv", "pip", "install", "--quiet"),
                *("--python", str(python), "fixit[lsp]", "jedi-language-server"),
            ],
        ):
            if subprocess.run(command, check=False, capture_output=True).returncode != 0:
                say("  (Fixit's and jedi's servers cannot be installed here)")
                return {}
    return {
        "Fixit": (str(folder / "bin/fixit"), "lsp", "--stdio", "true"),
        "jedi": (str(folder / "bin/jedi-language-server"),),
    }


def row(name: str, *values: float | str) -> None:
    cells = [f"{value:9.1f}" if isinstance(value, float) else f"{value:>9}" for value in values]
    say(f"  {name:<44}{'  '.join(cells)}")


@pytest.mark.parametrize("lines", [190, 2000])
def test_key_strokes_hover_and_completion(small: Path, lines: int) -> None:
    text = model_of(lines)
    uri = (small / "models/facts.py").as_uri()
    say(f"\n{lines} lines ({text.count(chr(10))}), milliseconds")
    row("", "median", "p95")
    for name, command in {"dbt-glue": SERVER, **others()}.items():
        with WireClient(command, seconds=30) as client:
            try:
                client.initialize(small, PULLS)
                measure(name, Typist(client, uri, text))
            except (queue.Empty, AssertionError) as error:
                if name == "dbt-glue":
                    raise
                row(f"{name}: no answer ({type(error).__name__})")


def processor(client: WireClient) -> float:
    """Milliseconds of processor time that a server and its processes have used: whatever else runs here."""
    server = psutil.Process(client.process.pid)
    times = [item.cpu_times() for item in (server, *server.children(recursive=True))]
    return 1000 * sum(item.user + item.system for item in times)


def measure(name: str, typist: Typist) -> None:
    typist.diagnostics()
    before = processor(typist.client)
    own = name == "dbt-glue"
    typed = typist.key_strokes(TYPED if own else TYPED[:8])
    between = processor(typist.client)
    whole = typist.small_edits(20 if own else 5)
    after = processor(typist.client)
    row(f"{name}: key stroke to findings", statistics.median(typed), p95(typed))
    row("  processor time of each", (between - before) / len(typed), "")
    row(f"{name}: edit of a whole text to findings", statistics.median(whole), p95(whole))
    row("  processor time of each", (after - between) / len(whole), "")
    if name == "Fixit":
        return  # it has neither hover nor completion
    before = processor(typist.client)
    hover = timed(lambda: typist.hover("ranked.join(customers", "customers"))
    assert typist.hover("ranked.join(customers", "customers"), "an answer without hover is no work"
    row(f"{name}: hover", statistics.median(hover), p95(hover))
    row("  processor time of each", (processor(typist.client) - before) / len(hover), "")
    for text in ("    x = dbt.ref(", "    x = events."):
        typist.edit(typist.line, 0, 0, f"{text}\n")
        found = timed(partial(typist.completion, typist.line, len(text)))
        row(f"{name}: completion after `{text.split()[-1]}`, first", found[0], "")
        row(f"{name}: completion there again", statistics.median(found), p95(found[1:]))
        assert typist.completion(typist.line, len(text)), "an answer without completions is no work"
        typist.edit(typist.line, 0, 0, "", end_line=typist.line + 1)


def test_start_to_the_first_findings(small: Path) -> None:
    say("\nstart to first findings, seconds              median")
    text = model_of(190)
    uri = (small / "models/facts.py").as_uri()
    for name, command in {"dbt-glue": SERVER, **others()}.items():
        times: list[float] = []
        for _ in range(5):
            started = time.perf_counter()
            with WireClient(command) as client:
                client.initialize(small, PULLS)
                assert Typist(client, uri, text).diagnostics(), (
                    "an answer without findings is no work"
                )
                times.append(time.perf_counter() - started)
        row(name, f"{statistics.median(times):.2f}")


def test_a_project_of_300_models(project: Path) -> None:
    """Memory, and hover while all models are being checked."""
    say(f"\na project of {MODELS} models")
    path = max((project / "models").rglob("*.py"), key=lambda item: item.stat().st_size)
    text = path.read_text(encoding="utf-8")
    line = next(n for n, item in enumerate(text.split("\n")) if "dbt.ref(" in item)
    column = text.split("\n")[line].index("dbt.ref(") + 10
    with WireClient() as client:
        client.initialize(project, PULLS)
        uri = path.as_uri()
        client.open(uri, text)
        client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        here = {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}
        everything = client.request("workspace/diagnostic", {"previousResultIds": []})
        client.write(everything)
        started, times = time.perf_counter(), []
        while everything["id"] not in client._known:
            times += timed(lambda: client.ask("textDocument/hover", here), 1)
            if time.perf_counter() - started > 120:
                break
        answer = client.answer(everything["id"])["result"]
        row("hover while they are checked (median, p95)", statistics.median(times), p95(times))
        row("hovers", str(len(times)))
        row("all checked after, s", f"{time.perf_counter() - started:.1f}")
        idle = timed(lambda: client.ask("textDocument/hover", here))
        row("hover afterwards (median, p95)", statistics.median(idle), p95(idle))
        process = psutil.Process(client.process.pid)
        row("memory of the server, MB", process.memory_info().rss / 1e6)
        children = [item.memory_info().rss / 1e6 for item in process.children(recursive=True)]
        row("memory of its processes, MB", ", ".join(f"{size:.0f}" for size in children))
        assert len(answer["items"]) >= MODELS - 1
