"""10,000 random edits and requests in one session with the server (`pytest tests/benchmarks/lsp -s`)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.benchmarks.lsp.tables import say
from tests.unit.lsp.conftest import FILES
from tests.unit.lsp.random_session import RandomSession
from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 10_000


@pytest.mark.timeout(1800)
def test_a_long_random_session(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with WireClient() as client:
        client.initialize(tmp_path, {"textDocument": {"diagnostic": {}}})
        session = RandomSession(client, tmp_path, seed=20261124)
        process = psutil.Process(client.process.pid)
        started, memory = time.monotonic(), 0.0
        for _ in range(10):
            session.run(STEPS // 10)
            memory = process.memory_info().rss / 1e6
        say(
            f"\n{STEPS} edits and requests in {time.monotonic() - started:.0f} s,"
            f" {session.compared} comparisons, {memory:.0f} MB"
        )
        assert session.compared > 20
        assert client.leave() == 0
        assert "internal error" not in client.errors
