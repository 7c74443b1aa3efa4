"""How long the first findings take from the start, and what the server needs for a project of 300 models.

Run with `pytest tests/benchmarks/lsp/test_start_and_memory.py -s`.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.compiler.test_check_speed import _corpus
from tests.benchmarks.lsp.edits import text_of
from tests.benchmarks.lsp.servers import chosen
from tests.benchmarks.lsp.tables import load, median_and_p95, row, say
from tests.benchmarks.lsp.typist import megabytes_of, opened
from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODELS = 300
STARTS = 7
PULLS: dict[str, Any] = {"textDocument": {"diagnostic": {}}}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    _corpus().assemble(folder, MODELS)
    return folder


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("lines", [60, 190])
def test_start_to_the_first_findings(tmp_path: Path, lines: int) -> None:
    say(f"\nstart to the first findings of {lines} lines, seconds, {load()}")
    row("", "clock, median", "clock, longest", "processor", wide=18)
    text, servers = text_of(lines), chosen()
    clock: dict[str, list[float]] = {}
    processor: dict[str, list[float]] = {}
    for number in range(STARTS):
        for server in servers:
            started = time.perf_counter()
            typist = opened(server, tmp_path / f"{number}-{server.name}", text)
            if typist is None:
                continue
            with typist:
                clock.setdefault(server.name, []).append(time.perf_counter() - started)
                processor.setdefault(server.name, []).append(typist.processor() / 1000)
    for name, times in clock.items():
        median, used = statistics.median(times), statistics.median(processor[name])
        row(name, f"{median:.2f}", f"{max(times):.2f}", f"{used:.2f}", wide=18)
    assert clock


def test_300_open_models(project: Path) -> None:
    """Memory when every model of a project is open and has its findings, and after an edit of each."""
    models = {path.as_uri(): path.read_text(encoding="utf-8") for path in models_of(project)}
    with WireClient() as client:
        client.initialize(project, PULLS)
        empty = megabytes_of(client.process.pid)
        started = time.perf_counter()
        for uri, text in models.items():
            client.open(uri, text)
            client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        took = time.perf_counter() - started
        opened_all = megabytes_of(client.process.pid)
        for uri, text in models.items():
            document = {"uri": uri, "version": 2}
            change = {"textDocument": document, "contentChanges": [{"text": f"{text}# edited\n"}]}
            client.notify("textDocument/didChange", change)
            found = client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            assert "items" in found
        edited = megabytes_of(client.process.pid)
        lines = sum(text.count("\n") for text in models.values())
        say(f"\n{len(models)} open models of {lines} lines, {load()}")
        for name, sizes in (
            ("memory at the start, MB", empty),
            (f"all opened, which took {took:.1f} s", opened_all),
            ("and each edited once", edited),
        ):
            parts = " + ".join(f"{size:.0f}" for size in sizes)
            row(name, f"{sum(sizes):.0f}  ({parts})", wide=30)


def test_hover_while_300_models_are_checked(project: Path) -> None:
    path = max(models_of(project), key=lambda item: item.stat().st_size)
    text = path.read_text(encoding="utf-8")
    before = text[: text.index("dbt.ref(") + len("dbt.ref(x")]
    uri = path.as_uri()
    position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
    here = {"textDocument": {"uri": uri}, "position": position}
    with WireClient() as client:
        client.initialize(project, PULLS)
        client.open(uri, text)
        client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        everything = client.request("workspace/diagnostic", {"previousResultIds": []})
        client.write(everything)
        started, times = time.perf_counter(), []
        while not client.has_answer(everything["id"]):
            times.append(milliseconds(lambda: client.ask("textDocument/hover", here)))
        took = time.perf_counter() - started
        answer = client.answer(everything["id"])["result"]
        idle = [milliseconds(lambda: client.ask("textDocument/hover", here)) for _ in range(40)]
        say(f"\nall of {MODELS} models checked in {took:.1f} s, {load()}")
        row(f"hover meanwhile ({len(times)}), ms: median / p95", median_and_p95(times))
        row("hover afterwards", median_and_p95(idle))
        parts = " + ".join(f"{size:.0f}" for size in megabytes_of(client.process.pid))
        row("memory of the server's processes, MB", parts)
        assert len(answer["items"]) >= MODELS - 1


def models_of(project: Path) -> list[Path]:
    return sorted((project / "models").rglob("*.py"))


def milliseconds(asked: Callable[[], object]) -> float:
    started = time.perf_counter()
    assert asked(), "an answer that says nothing is no work"
    return 1000 * (time.perf_counter() - started)
