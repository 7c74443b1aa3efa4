"""What dbt's own questions cost over a catalog of many tables: calls of the Glue API, counted at the wire, and seconds.

Nothing is asserted about seconds, which depend on the machine. DBT_GLUE_BENCH_BEFORE names the Python of an environment
with another adapter for `type: glue`, such as dbt-glue, for the same commands in the same run; DBT_GLUE_BENCH_TABLES
has the numbers of tables.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.functional.adapter.conftest import Wire
from tests.functional.adapter.open_tables import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.timeout(7200)

SIZES = tuple(map(int, os.environ.get("DBT_GLUE_BENCH_TABLES", "100,2000").split(",")))
FRESH = 200
COLUMNS = [{"Name": f"column_{n}", "Type": "string", "Comment": "a column"} for n in range(20)]
PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
STORAGE = {
    "Location": "s3://dbt-glue-local/many",
    "InputFormat": f"{PARQUET}.MapredParquetInputFormat",
    "OutputFormat": f"{PARQUET}.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": f"{PARQUET}.serde.ParquetHiveSerDe"},
    "Columns": COLUMNS,
}
COMMANDS = {
    "no question: dbt ls": ("ls",),
    "the relation cache: dbt compile": ("compile", "--select", "one"),
    "dbt docs generate": ("docs", "generate"),
    f"freshness of up to {FRESH} sources": ("source", "freshness", "--select", "tag:some"),
}
ROLE = "arn:aws:iam::000000000000:role/dbt-glue"
TRIES = 1
LONGEST = 900
"""Seconds, after which a command is ended."""


class Cost(NamedTuple):
    """Seconds of the quickest run, and how often the Data Catalog or a session was asked in it."""

    seconds: float
    calls: int

    def __str__(self) -> str:
        return f"{self.calls:>6} calls {self.seconds:>6.1f} s"


class Catalog:
    """A database of so many tables, and a dbt project that has each of them as a source."""

    def __init__(self, folder: Path, size: int, glue: Any) -> None:
        self.folder, self.size, self.name = folder, size, f"many_{size}"
        glue.create_database(DatabaseInput={"Name": self.name, "LocationUri": STORAGE["Location"]})
        self.tables = [f"table_{number:04}" for number in range(size)]
        for table in self.tables:
            glue.create_table(
                DatabaseName=self.name,
                TableInput={
                    "Name": table,
                    "TableType": "EXTERNAL_TABLE",
                    "StorageDescriptor": STORAGE,
                    "Parameters": {"classification": "parquet"},
                },
            )
        target = {
            "type": "glue", "role_arn": ROLE, "region": "us-east-1", "glue_version": "5.0", "schema": self.name,
            "worker_type": "G.1X", "workers": 2, "location": "s3://dbt-glue-local/many", "threads": 4,
        }  # fmt: skip
        every = max(1, size // FRESH)
        sources = [
            f"  - {{name: {table}, tags: [{'some' if number % every == 0 else 'other'}]}}"
            for number, table in enumerate(self.tables)
        ]
        fresh = "config: {freshness: {warn_after: {count: 1, period: day}}}"
        files = {
            "dbt_project.yml": "name: many\nversion: '1.0'\nprofile: many\n",
            "profiles.yml": json.dumps({"many": {"target": "t", "outputs": {"t": target}}}),
            "models/one.sql": "select 1 as id",
            "models/sources.yml": "\n".join(
                [f"sources:\n- name: lake\n  schema: {self.name}\n  {fresh}\n  tables:", *sources]
            ),
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)


@pytest.fixture(scope="module")
def wire(endpoint: EndpointHandle) -> Iterator[Wire]:
    wire = Wire(endpoint)
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def catalogs(endpoint: EndpointHandle, tmp_path_factory: pytest.TempPathFactory) -> list[Catalog]:
    glue, folder = client_of(endpoint), tmp_path_factory.mktemp("many")
    return [Catalog(folder / str(size), size, glue) for size in SIZES]


def cost(
    python: str, catalog: Catalog, command: tuple[str, ...], wire: Wire, endpoint: EndpointHandle
) -> Cost | str:
    """Of a command of dbt, parsed before; or what it said first where it failed."""
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        "AWS_ENDPOINT_URL": wire.url,
        "AWS_ACCESS_KEY_ID": endpoint.access_key_id,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
        "DBT_PROFILES_DIR": str(catalog.folder),
    }
    target = str(catalog.folder / f"target-{Path(python).parents[1].name}")
    found = []
    for _ in range(1 + TRIES):
        wire.calls.clear()
        began = time.perf_counter()
        try:
            done = subprocess.run(
                [str(Path(python).with_name("dbt")), *command, "--target-path", target],
                cwd=catalog.folder, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"more than {LONGEST} s"
        seconds = time.perf_counter() - began
        asked = sum(
            number
            for name, number in wire.count().items()
            if name == "RunStatement" or "Table" in name or "Database" in name
        )
        if done.returncode:
            said = [line for line in done.stdout.splitlines() if "Error" in line]
            return (said or done.stdout.splitlines()[-1:] or [done.stderr])[0].strip()[:90]
        found.append(Cost(seconds, asked))
    return min(found[1:])


def alone(catalog: Catalog, endpoint: EndpointHandle) -> Cost:
    """Of a call for each table, eight at once, without any dbt and any wire between."""
    glue = client_of(endpoint)
    began = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(
                lambda name: glue.get_table(DatabaseName=catalog.name, Name=name), catalog.tables
            )
        )
    return Cost(time.perf_counter() - began, len(found))


def test_what_many_tables_cost(
    catalogs: list[Catalog], wire: Wire, endpoint: EndpointHandle
) -> None:
    pythons = [sys.executable, *filter(None, [os.environ.get("DBT_GLUE_BENCH_BEFORE")])]
    print(f"\n{'':60}" + "".join(f"{f'{size:,} tables':>24}" for size in SIZES) + f"{'ratio':>24}")
    for name, command in COMMANDS.items():
        for python in pythons:
            costs = [cost(python, each, command, wire, endpoint) for each in catalogs]
            show(f"{Path(python).parents[1].name}: {name}", costs)
            assert python != sys.executable or all(isinstance(each, Cost) for each in costs)
    show("a call for each table", [alone(each, endpoint) for each in catalogs])


def show(name: str, costs: list[Cost | str]) -> None:
    first, last = costs[0], costs[-1]
    ratio = ""
    if isinstance(first, Cost) and isinstance(last, Cost):
        times = last.calls / first.calls if first.calls else 0
        ratio = f"{times:>6.1f} calls {last.seconds / first.seconds:>6.1f} s"
    print(f"{name:60}" + "".join(f"{each!s:>24}" for each in costs) + f"{ratio:>24}", flush=True)
