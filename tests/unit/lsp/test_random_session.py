"""Random edits and requests over the wire: the server lives, answers, and its findings are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.lsp.random_session import RandomSession
from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("encoding", "seed"), [("utf-8", 1), ("utf-16", 2), ("utf-32", 3)])
def test_a_random_session(project: Path, encoding: str, seed: int) -> None:
    with WireClient() as client:
        general = {"positionEncodings": [encoding]}
        client.initialize(project, {"general": general, "textDocument": {"diagnostic": {}}})
        session = RandomSession(client, project, seed)
        session.run(400)
        assert session.compared
        assert client.leave() == 0
        assert client.stray == b""
        assert "internal error" not in client.errors
        assert not [item for item in client.notifications if "showMessage" in item["method"]]
