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
from glue_endpoint.spark.formats import jars_of
from glue_endpoint.spark.jars import JarCache
from glue_endpoint.spark.jvm import installed_spark_version

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 3
STARTS: dict[str, dict[str, str]] = {
    "without a table format": {},
    "with Iceberg": {
        "datalake_formats": "iceberg",
        "conf": "spark.sql.extensions="
        "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    },
}
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


def test_from_cold_with_a_table_format(tmp_path: Path) -> None:
    """Starts in turn, so that what else the machine does meets all of them. Jars are there before the first."""
    JarCache().paths(jars_of(("iceberg",), "5.0", installed_spark_version()), report=print)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in STARTS}
    for number in range(ROUNDS):
        for name, arguments in STARTS.items():
            folder = tmp_path / f"{name} {number}"
            started = time.perf_counter()
            client = GlueClient(ensure_endpoint(folder))
            try:
                session = client.session(**arguments)
                ready = time.perf_counter() - started
                client.run(session, "spark.sql('select 1').collect()")
                found[name].append((ready, time.perf_counter() - started))
            finally:
                stop(folder)
    print(
        f"\nendpoint, {ROUNDS} cold starts each, in turn: to a READY session, and to its first row"
    )
    bases = [
        statistics.median(times) for times in zip(*found["without a table format"], strict=True)
    ]
    for name, times in found.items():
        medians = [statistics.median(each) for each in zip(*times, strict=True)]
        ratios = ", ".join(
            f"{value / base:.2f}" for value, base in zip(medians, bases, strict=True)
        )
        print(f"  {name:25} median {medians[0]:5.2f} s, {medians[1]:5.2f} s   ratio {ratios}")
    assert all(len(times) == ROUNDS for times in found.values())
