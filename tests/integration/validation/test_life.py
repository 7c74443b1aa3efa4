"""The life of the validation process: its session, cancelling, dying, two projects, the end of its client."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.project.load import CACHE_FOLDER, load_project
from glue_compiler.project.schemas import SchemaCache

from tests.integration.validation.conftest import PATIENCE, SPENT, Child, make_project, run_dbt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark

WAITING = """import os, time


def model(dbt, session):
    if not os.path.exists({mark!r}):
        with open({mark!r}, "w"):
            pass
        os.mkfifo({mark!r} + ".fifo")
        open({mark!r} + ".fifo").read()
    return dbt.ref("orders").select("customer")
"""


class Mark:
    """A model that waits for ever at its first run, and how to see that it does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.text = WAITING.format(mark=str(path))

    def wait(self) -> None:
        """Until the model waits: a writer opens the other end of its pipe, which it reads."""
        fifo = f"{self._path}.fifo"
        tick = threading.Event()
        for _ in range(int(PATIENCE / 0.05)):
            if os.path.exists(fifo):  # noqa: PTH110
                self._end = os.open(fifo, os.O_WRONLY)
                return
            tick.wait(0.05)
        raise AssertionError("the model never ran")


@pytest.fixture
def mark(tmp_path: Path) -> Mark:
    return Mark(tmp_path / "mark")


@pytest.fixture
def own_child(shop: Path) -> Iterator[Child]:
    found = Child(shop)
    yield found
    found.close()


def session_state(child: Child, state: str) -> dict[str, Any]:
    event = child.until(lambda event: event["event"] == "session" and event["state"] == state)
    return dict(event["detail"])


def test_a_session_starts_with_the_first_job_and_tells_what_it_is(own_child: Child) -> None:
    assert own_child.ask("status")["session"] is None
    own_child.ask("schemas", model="models/spent.py")
    assert own_child.ask("status")["session"] is None, "the Data Catalog needs no session"
    own_child.ask("validate", model="models/spent.py")
    detail = session_state(own_child, "starting")
    assert detail["endpoint"] == "local"
    assert detail["glueVersion"] == "5.1"
    first = session_state(own_child, "ready")["id"]
    own_child.ask("restart")
    assert session_state(own_child, "stopped")["message"] == "as asked"
    own_child.ask("stop")
    assert own_child.ask("status")["session"]["state"] == "stopped"
    own_child.ask("validate", model="models/spent.py")
    busy = [
        event["detail"]["id"]
        for event in own_child.events
        if event["event"] == "session" and event["state"] == "busy"
    ]
    assert len(set(busy)) == 2
    assert first in busy


def test_a_session_that_is_killed_in_mid_validation_is_replaced(
    own_child: Child, mark: Mark, glue: Any
) -> None:
    job = own_child.send("validate", model="models/spent.py", source=mark.text)
    killed = session_state(own_child, "busy")["id"]
    mark.wait()
    glue.stop_session(Id=killed)
    assert killed in session_state(own_child, "failed")["message"]
    answer = own_child.result(job)
    assert answer["ok"], answer
    assert [column[0] for column in answer["result"]["columns"]] == ["customer"]
    assert session_state(own_child, "busy")["id"] != killed


def test_a_cancelled_validation_ends_and_its_session_goes_on(own_child: Child, mark: Mark) -> None:
    job = own_child.send("validate", model="models/spent.py", source=mark.text)
    waiting = own_child.send("validate", model="models/spent.py")
    id_before = session_state(own_child, "busy")["id"]
    mark.wait()
    assert own_child.ask("cancel", job=waiting)["cancelled"]
    assert own_child.ask("cancel", job=job)["cancelled"]
    assert own_child.result(job)["cancelled"]
    assert own_child.result(waiting)["cancelled"]
    assert not own_child.ask("cancel", job=job)["cancelled"]
    assert own_child.ask("validate", model="models/spent.py")["ok"]
    assert session_state(own_child, "busy")["id"] == id_before


def test_stopping_the_session_ends_what_runs_in_it(own_child: Child, mark: Mark) -> None:
    job = own_child.send("validate", model="models/spent.py", source=mark.text)
    session_state(own_child, "busy")
    mark.wait()
    assert own_child.ask("stop")["session"]["state"] == "stopped"
    assert own_child.result(job)["cancelled"]


def test_two_projects_are_kept_apart(
    own_child: Child, tmp_path: Path, endpoint: EndpointHandle, endpoint_dir: Path
) -> None:
    other = make_project(tmp_path / "other", endpoint_dir, "other_validation")
    (other / "models/orders.sql").write_text(
        "{{ config(materialized='table') }} select 1.5D as amount, 7 as customer"
    )
    assert run_dbt(other, "run", "--select", "orders").success
    first = own_child.ask("validate", model="models/spent.py")
    second = own_child.ask("validate", model="models/spent.py", root=str(other))
    again = own_child.ask("validate", model="models/spent.py")
    assert first["columns"] == again["columns"]
    assert first["columns"] == [["customer", "string", True], ["spent", "decimal(20,2)", True]]
    assert second["columns"] == [["customer", "int", True], ["spent", "double", True]]
    told = {event["root"] for event in own_child.events if event["event"] == "session"}
    assert told == {str(own_child.root), str(other)}


def test_the_end_of_the_client_stops_the_session(shop: Path, glue: Any, mark: Mark) -> None:
    child = Child(shop)
    child.send("validate", model="models/spent.py", source=mark.text)
    session = session_state(child, "busy")["id"]
    mark.wait()
    assert child.close() == 0
    assert glue.get_session(Id=session)["Session"]["Status"] in ("STOPPING", "STOPPED")


def test_an_idle_session_is_stopped(shop: Path) -> None:
    child = Child(shop, "--idle-stop", "0.5")
    child.ask("validate", model="models/spent.py")
    assert "idle" in session_state(child, "stopped")["message"]
    assert child.ask("validate", model="models/spent.py")["ok"]
    assert child.close() == 0


def test_what_cannot_be_validated_is_said_and_ends_nothing(own_child: Child, shop: Path) -> None:
    def refusal(**parameters: Any) -> str:
        answer = own_child.result(own_child.send("validate", **parameters))
        assert not answer["ok"]
        return str(answer["error"])

    assert "no model in models/none.py" in refusal(model="models/none.py")
    assert "SQL model" in refusal(model="models/orders.sql")
    unknown = SPENT.replace('"orders"', '"no_such_model"')
    assert "no_such_model" in refusal(model="models/spent.py", source=unknown)
    assert "profile" in refusal(model="models/spent.py", target="nowhere").lower()
    assert own_child.process.stdin is not None
    own_child.process.stdin.write("no json\n")
    own_child.process.stdin.flush()
    assert not own_child.result(None)["ok"]  # type: ignore[arg-type]
    assert own_child.ask("validate", model="models/spent.py")["ok"]


def test_schemas_are_remembered_with_where_they_come_from(
    own_child: Child, shop: Path, validate: Callable[..., dict[str, Any]]
) -> None:
    own_child.ask("schemas", model="models/spent.py")
    store = SchemaCache(shop / CACHE_FOLDER).load()
    orders = store.get("ref:shop.orders")
    assert orders is not None
    assert orders.provenance == "catalog"
    assert orders.relation == "shop_validation.orders"
    assert [(c.name, c.type) for c in orders.columns] == [
        ("id", "bigint"),
        ("amount", "decimal(10,2)"),
        ("customer", "string"),
    ]
    validate(SPENT)
    store = SchemaCache(shop / CACHE_FOLDER).load()
    again, output = store.get("ref:shop.orders"), store.get("output:shop.spent")
    assert again is not None
    assert output is not None
    assert again.provenance == output.provenance == "session"
    assert output.engine == "Spark 3.5.6"
    known = load_project(shop).columns_of_ref("orders")
    assert known is not None
    assert known.provenance == "session"
    assert known.complete
    assert not known.stale
