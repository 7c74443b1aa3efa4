"""The validation process as its clients have it: JSON lines over pipes, real sessions of the embedded endpoint."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from dbt.cli.main import dbtRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

PATIENCE = 120.0

ORDERS = "select 1L as id, cast(2.5 as decimal(10,2)) as amount, 'ann' as customer union all select 2L, 3.5, 'bob'"
SCHEMA = """
models:
  - name: spent
    columns:
      - {name: customer, data_type: string}
      - {name: spent, data_type: "decimal(20,2)"}
sources:
  - name: raw
    schema: "{{ target.schema }}"
    tables:
      - name: orders
"""
SPENT = """from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders")
    return orders.groupBy("customer").agg(F.sum("amount").alias("spent"))
"""


class Child:
    """The process, and what it has said."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.root = root
        self.events: list[dict[str, Any]] = []
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._next = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dbt.adapters.glue.validation", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def send(self, op: str, **parameters: Any) -> int:
        assert self.process.stdin is not None
        self._next += 1
        request = {"root": str(self.root), **parameters, "id": self._next, "op": op}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._next

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first event from now on (or kept from before) that is wanted."""
        for event in self.events:
            if wanted(event):
                self.events.remove(event)
                return event
        while True:
            event = self._lines.get(timeout=PATIENCE)
            assert event is not None, f"the process ended with {self.process.wait()}"
            if wanted(event):
                return event
            self.events.append(event)

    def result(self, job: int) -> dict[str, Any]:
        return self.until(lambda event: event.get("id") == job and event["event"] == "result")

    def ask(self, op: str, **parameters: Any) -> dict[str, Any]:
        """The result of a request that succeeds."""
        answer = self.result(self.send(op, **parameters))
        assert answer["ok"], answer
        result: dict[str, Any] = answer["result"]
        return result

    def close(self) -> int:
        """Closes stdin, as a client that goes does; the exit status."""
        assert self.process.stdin is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()
        return self.process.wait(PATIENCE)


def make_project(root: Path, endpoint_dir: Path, schema: str, url: str | None = None) -> Path:
    """A dbt project in a folder of its own, and its tables in a database of its own."""
    target = {"type": "glue", "endpoint": url or "local", "schema": schema, "threads": 1}
    if url is None:
        target["endpoint_dir"] = str(endpoint_dir)
    profiles = {"shop": {"target": "dev", "outputs": {"dev": target}}}
    files = {
        "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n",
        "profiles.yml": json.dumps(profiles),
        "models/orders.sql": "{{ config(materialized='table') }}\n" + ORDERS,
        "models/spent.py": SPENT,
        "models/schema.yml": SCHEMA,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def run_dbt(root: Path, *arguments: str) -> Any:
    """dbt in this process, on a project."""
    places = ["--project-dir", str(root), "--profiles-dir", str(root)]
    return dbtRunner().invoke([*arguments, *places])


@pytest.fixture(scope="session")
def shop(
    tmp_path_factory: pytest.TempPathFactory, endpoint: EndpointHandle, endpoint_dir: Path
) -> Path:
    """A project whose table `orders` is built; tests add models of their own."""
    root = make_project(tmp_path_factory.mktemp("shop"), endpoint_dir, "shop_validation")
    result = run_dbt(root, "run", "--select", "orders")
    assert result.success, result.exception
    return root


@pytest.fixture(scope="module")
def child(shop: Path) -> Iterator[Child]:
    """The validation process of the shop."""
    found = Child(shop)
    yield found
    found.close()


@pytest.fixture
def glue(endpoint: EndpointHandle) -> Any:
    """The Glue API of the endpoint."""
    return boto3.client(
        "glue",
        endpoint_url=endpoint.url,
        region_name="us-east-1",
        aws_access_key_id=endpoint.access_key_id,
        aws_secret_access_key=endpoint.secret_access_key,
    )


@pytest.fixture
def validate(shop: Path, child: Child) -> Callable[..., dict[str, Any]]:
    """Validates a text as the model `name`, which the project gets when it has none of this name."""

    def run(text: str, name: str = "spent", **parameters: Any) -> dict[str, Any]:
        path = f"models/{name}.py"
        if not (shop / path).exists():
            (shop / path).write_text(text, encoding="utf-8")
        return child.ask("validate", model=path, source=text, **parameters)

    return run
