"""How fast the embedded endpoint is through boto3: cold to the first session, the second session, and `select 1`.

Nothing is asserted about the times, which depend on the machine and on what else it does.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from glue_client import GlueClient
from glue_endpoint.process.client import ensure_endpoint, stop

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 3
QUERIES = 100


@pytest.fixture(scope="module", autouse=True)
def _archive() -> None:
    """The class-data archive that an endpoint makes in the background, made now; at once when it is there."""
    subprocess.run([sys.executable, "-m", "glue_endpoint.process.archive_build"], check=True)


def test_from_cold_to_select_1(tmp_path: Path) -> None:
    cold, second, queries = [], [], []
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        started = time.perf_counter()
        client = GlueClient(ensure_endpoint(folder))
        try:
            session = client.session()
            cold.append(time.perf_counter() - started)
            started = time.perf_counter()
            client.session()
            second.append(time.perf_counter() - started)
            query = "spark.sql('select 1').collect()"
            assert "1" in client.run(session, query)
            for _ in range(QUERIES):
                started = time.perf_counter()
                client.run(session, query)
                queries.append((time.perf_counter() - started) * 1000)
        finally:
            stop(folder)
    cuts = statistics.quantiles(queries, n=20)
    rows = {
        "cold endpoint to the first READY session": (min(cold), statistics.median(cold), "4 s"),
        "a second session": (min(second), statistics.median(second), "1 s"),
    }
    print(f"\nendpoint, {ROUNDS} cold starts with the class-data archive")
    for name, (best, median, aim) in rows.items():
        print(f"  {name:42} best {best:5.2f} s, median {median:5.2f} s   aim {aim}")
    print(
        f"  {'warm `select 1` through boto3':42} median {statistics.median(queries):.0f} ms, "
        f"95% below {cuts[18]:.0f} ms of {len(queries)}   aim 100 ms"
    )
    assert len(cold) == ROUNDS
