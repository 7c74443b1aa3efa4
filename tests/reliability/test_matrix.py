"""A sample of the fault matrix: each operation of each kind of node meets a fault, and another one with the next kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability.bench import Bench
from tests.reliability.matrix import lasting, transient
from tests.reliability.shop import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def bench(
    endpoint: EndpointHandle, endpoint_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    bench = Bench(endpoint, endpoint_dir, tmp_path_factory.mktemp("faults"))
    yield bench
    bench.close()


@pytest.mark.parametrize("kind", KINDS)
def test_faults(bench: Bench, kind: str) -> None:
    """What passes is survived, all of it in one run; what lasts ends in a clear error that the next run repairs."""
    recorded = bench.record(kind)
    cells = transient(kind, recorded)
    verdict = bench.try_cells(*cells)
    told = "; ".join(map(str, verdict.cells))
    assert verdict.end == "right", f"{verdict.wrong} after {told}: {verdict.said}"
    assert verdict.cells == cells
    for cell in lasting(kind, recorded, 1):
        verdict = bench.try_cells(cell)
        assert verdict.end in ("right", "error"), f"{verdict.wrong} after {cell}: {verdict.said}"
