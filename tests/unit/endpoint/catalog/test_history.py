"""Eight clients change one catalog while its endpoint is killed: what was acknowledged is there, and nothing is half there.

Each client has a table of its own, of which it knows what must be in it, and all of them count in one
table that they update by compare-and-set. A call whose answer was lost to a kill may have been done or
not; what its client finds afterwards must be one of the two states.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from glue_endpoint.process.client import ensure_endpoint, find_endpoint, stop

if TYPE_CHECKING:
    from pathlib import Path

CLIENTS = 8
KILLS = (120, 240, 360)
"""After how many acknowledged changes the endpoint is killed."""
ENOUGH = 480
KEYS = [{"Name": "k", "Type": "string"}]


@dataclass
class State:
    """What a client's table is: None where there is none."""

    table: dict[str, str] | None = None
    partitions: frozenset[str] = frozenset()


@dataclass
class History:
    """What was acknowledged, counted for all; the count of it is what the kills wait for."""

    acknowledged: int = 0
    lost: int = 0
    counted: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)
    problems: list[BaseException] = field(default_factory=list)

    def note(self, *, lost: bool = False) -> None:
        with self.changed:
            self.acknowledged += not lost
            self.lost += lost
            self.changed.notify_all()

    @property
    def over(self) -> bool:
        return self.acknowledged >= ENOUGH or bool(self.problems)


class Client:
    """One client with a table of its own; `state` is what must be in it."""

    def __init__(self, folder: Path, number: int, history: History) -> None:
        self._folder = folder
        self._history = history
        self._random = random.Random(number)
        self._name = f"own_{number}"
        self._where = {"DatabaseName": "d", "TableName": self._name}
        self._step = 0
        self.state = State()
        self._connect()

    def work(self) -> None:
        try:
            while not self._history.over:
                self._step += 1
                if self._random.random() < 0.3:
                    self._count()
                else:
                    self._change()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            self._history.problems.append(error)
            self._history.note(lost=True)

    def _change(self) -> None:
        """One change of the own table."""
        if self.state.table is None:
            after = State({"step": str(self._step)})
            given = {"Name": self._name, "PartitionKeys": KEYS, "Parameters": after.table}
            self._try("create_table", after, DatabaseName="d", TableInput=given)
            return
        choice = self._random.random()
        if choice < 0.4:
            after = State({"step": str(self._step)}, self.state.partitions)
            given = {"Name": self._name, "PartitionKeys": KEYS, "Parameters": after.table}
            self._try("update_table", after, DatabaseName="d", TableInput=given)
        elif choice < 0.85:
            new = [f"{self._step}-{number}" for number in range(5)]
            after = State(self.state.table, self.state.partitions | set(new))
            many = [{"Values": [value]} for value in new]
            self._try("batch_create_partition", after, **self._where, PartitionInputList=many)
        else:
            self._try("delete_table", State(), DatabaseName="d", Name=self._name)

    def _try(self, call: str, after: State, **request: Any) -> None:
        try:
            answer = getattr(self._glue, call)(**request)
        except ClientError:
            raise  # nobody else works on this table: no answer may be an error
        except BotoCoreError:
            self._history.note(lost=True)
            self._connect()
            found = self.found()
            assert found in (self.state, after), (call, found, self.state, after)
            self.state = found
        else:
            assert not answer.get("Errors")
            self.state = after
            self._history.note()

    def found(self) -> State:
        """What is in the own table."""
        while True:
            try:
                table = self._glue.get_table(DatabaseName="d", Name=self._name)["Table"]
                pages = self._glue.get_paginator("get_partitions").paginate(**self._where)
                values = [each["Values"][0] for page in pages for each in page["Partitions"]]
                return State(table["Parameters"], frozenset(values))
            except self._glue.exceptions.EntityNotFoundException:  # noqa: PERF203 - until it answers
                return State()
            except BotoCoreError:
                self._connect()

    def _count(self) -> None:
        """One more in the table of all, if nobody was faster."""
        mark = f"{self._name}-{self._step}"
        try:
            table = self._glue.get_table(DatabaseName="d", Name="all")["Table"]
        except BotoCoreError:
            self._connect()
            return
        before = table["Parameters"]
        given = {
            "Name": "all",
            "Parameters": {"count": str(int(before["count"]) + 1), "marks": f"{before['marks']} {mark}"},
        }  # fmt: skip
        try:
            self._glue.update_table(
                DatabaseName="d", TableInput=given, VersionId=table["VersionId"]
            )
        except self._glue.exceptions.ConcurrentModificationException:
            return
        except BotoCoreError:
            self._history.perhaps.add(mark)
            self._history.note(lost=True)
            self._connect()
        else:
            self._history.counted.add(mark)
            self._history.note()

    def _connect(self) -> None:
        self._glue = connected(self._folder)


def connected(folder: Path) -> Any:
    """A client of the endpoint of a folder, which is started where there is none. It asks once."""
    handle = ensure_endpoint(folder)
    return boto3.client(
        "glue",
        endpoint_url=handle.url,
        region_name="us-east-1",
        aws_access_key_id=handle.access_key_id,
        aws_secret_access_key=handle.secret_access_key,
        config=Config(retries={"max_attempts": 0}, parameter_validation=False),
    )


def test_what_was_acknowledged_survives_kills(tmp_path: Path) -> None:
    folder, history = tmp_path / "state", History()
    try:
        glue = connected(folder)
        glue.create_database(DatabaseInput={"Name": "d"})
        first = {"count": "0", "marks": ""}
        glue.create_table(DatabaseName="d", TableInput={"Name": "all", "Parameters": first})
        clients = [Client(folder, number, history) for number in range(CLIENTS)]
        threads = [threading.Thread(target=client.work) for client in clients]
        for thread in threads:
            thread.start()
        for kill in KILLS:
            with history.changed:
                history.changed.wait_for(
                    lambda kill=kill: history.acknowledged >= kill or history.problems, 60
                )
            assert history.problems == []
            handle = find_endpoint(folder)
            assert handle is not None
            os.kill(handle.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        assert history.problems == []
        assert history.acknowledged >= ENOUGH
        assert history.lost > 0
        assert [client.found() for client in clients] == [client.state for client in clients]
        glue = connected(folder)
        table = glue.get_table(DatabaseName="d", Name="all")["Table"]
        marks = table["Parameters"]["marks"].split()
        assert len(marks) == len(set(marks)) == int(table["Parameters"]["count"])
        assert history.counted <= set(marks) <= history.counted | history.perhaps
        pages = glue.get_paginator("get_table_versions").paginate(DatabaseName="d", TableName="all")
        versions = [int(each["VersionId"]) for page in pages for each in page["TableVersions"]]
        assert versions == list(range(len(marks), -1, -1))
    finally:
        stop(folder)
