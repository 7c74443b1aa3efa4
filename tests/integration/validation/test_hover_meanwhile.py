"""The editor is answered while a validation runs, because that runs in another process."""

from __future__ import annotations

import time
from statistics import quantiles
from typing import TYPE_CHECKING

import pytest

from tests.integration.validation.conftest import PATIENCE, SPENT
from tests.unit.lsp.wire import WireClient

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

HOVERS = 200


def test_hovers_are_answered_while_a_validation_runs(shop: Path) -> None:
    uri = (shop / "models/spent.py").as_uri()
    endless = SPENT.replace("    return", "    while True:\n        pass\n    return")
    row = next(index for index, line in enumerate(endless.splitlines()) if "dbt.ref(" in line)
    column = endless.splitlines()[row].index("dbt.ref(") + len('dbt.ref("')
    hover = {"textDocument": {"uri": uri}, "position": {"line": row, "character": column}}
    with WireClient(seconds=PATIENCE) as client:
        client.initialize(shop, {}, {"trusted": True})
        client.open(uri, endless)
        validation = client.request(
            "workspace/executeCommand", {"command": "dbtGlue.validateModel", "arguments": [uri]}
        )
        client.write(validation)
        while client.wait_for("dbtGlue/status")["session"]["state"] != "busy":
            pass
        seconds = []
        for _ in range(HOVERS):
            began = time.perf_counter()
            assert client.ask("textDocument/hover", hover) is not None
            seconds.append(time.perf_counter() - began)
        client.notify("$/cancelRequest", {"id": validation["id"]})
        assert client.answer(validation["id"])["error"]["code"] == -32800
    milliseconds = [second * 1000 for second in seconds]
    print(f"hover: {quantiles(milliseconds, n=20)[18]:.1f} ms at the 95th percentile")
