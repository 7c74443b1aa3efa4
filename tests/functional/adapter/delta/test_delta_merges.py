"""MERGE into Delta: a commit that meets another one is made again, or told of."""

from __future__ import annotations

import socketserver
import threading
from collections import deque
from typing import TYPE_CHECKING

import pytest

from dbt.adapters.glue.errors import StatementFailed
from tests.functional.adapter.open_sessions import Merging, OpenSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_endpoint.process.client import EndpointHandle

    from tests.functional.adapter.conftest import Wire

pytestmark = pytest.mark.spark

# Asked while a MERGE runs: it has read the table's log, and has not committed.
MEETS = """
def meets(text):
    import socket

    with socket.create_connection(("127.0.0.1", {port})) as meeting:
        meeting.recv(1)
    return text


_ = spark.udf.register("meets", meets, "string")
"""
ROWS = "select 1 as id, 'this run' as t union all select 2, 'this run'"


class Meeting(socketserver.ThreadingTCPServer):
    """Whoever connects waits until the next of the `statements`, if there is one, has been run."""

    daemon_threads = True

    def __init__(self, run: Callable[[str], object]) -> None:
        self.statements: deque[str] = deque()
        self.failed: list[Exception] = []
        meeting = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    run(meeting.statements.popleft())
                except IndexError:
                    pass
                except Exception as error:  # noqa: BLE001 - it is looked at when the test ends
                    meeting.failed.append(error)

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class MergingDelta(Merging):
    """Merges meet the statements of others in a function of Python, of which they update `t`."""

    def __init__(self, endpoint: EndpointHandle) -> None:
        own, other = (OpenSession(endpoint.url, "delta") for _ in range(2))
        super().__init__(own, other, "delta", "")
        self.other.run(f"insert into {self.table} values (1, 'old'), (3, 'old')")
        self.meeting = Meeting(self.other.run)
        self.own.python(MEETS.format(port=self.meeting.server_address[1]))

    def meet(self, *statements: str) -> None:
        self.meeting.statements += [each.format(table=self.table) for each in statements]

    def merge(self, rows: str, value: str = "meets(DBT_INTERNAL_SOURCE.t)") -> list[str]:
        return super().merge(rows, value)

    def close(self) -> None:
        self.meeting.shutdown()
        self.meeting.server_close()
        super().close()
        assert self.meeting.failed == []


@pytest.fixture
def merging(wire: Wire, endpoint: EndpointHandle) -> Iterator[MergingDelta]:
    merging = MergingDelta(endpoint)
    yield merging
    merging.close()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into {table} values (2, 'other')",
        "update {table} set t = 'other' where id = 1",
        "delete from {table} where id = 1",
        "alter table {table} set tblproperties ('mine' = 'yes')",
    ],
)
def test_a_merge_that_met_another_commit_is_made_again(
    merging: MergingDelta, statement: str
) -> None:
    merging.meet(statement)
    said = merging.merge(ROWS)
    assert not merging.meeting.statements
    assert merging.rows() == [(1, "this run"), (2, "this run"), (3, "old")]
    assert len(said) == 1
    assert f"{merging.table} was changed by another run meanwhile" in said[0]
    assert "merged again, 1 time" in said[0]


def test_there_is_an_end_to_it(merging: MergingDelta) -> None:
    merging.meet(*["update {table} set t = concat(t, '+') where id = 1"] * 40)
    with pytest.raises(StatementFailed, match="changed by another run each of 8 times") as failed:
        merging.merge("select 1 as id, 'this run' as t")
    assert "Delta Lake: " in str(failed.value)
    assert "Iceberg" not in str(failed.value)
    (first, other) = merging.rows()
    assert first[1].startswith("old++++++++")  # and nothing of this run
    assert other == (3, "old")


# A manifest that cannot be written, because a file is where its folder would be.
FAILS_AFTERWARDS = """
detail = spark.sql("describe detail {table}").collect()[0]
place = sc._jvm.org.apache.hadoop.fs.Path(detail["location"], "_symlink_format_manifest")
files = place.getFileSystem(sc._jsc.hadoopConfiguration())
_ = files.delete(place, True)
files.create(place).close()
"""


def test_what_fails_after_a_commit_is_told_of_and_not_made_again(merging: MergingDelta) -> None:
    enabled = "'delta.compatibility.symlinkFormatManifest.enabled' = 'true'"
    merging.own.run(f"alter table {merging.table} set tblproperties ({enabled})")
    merging.own.python(FAILS_AFTERWARDS.format(table=merging.table))
    with pytest.raises(StatementFailed, match="the change of the table came in") as failed:
        merging.merge(ROWS, "concat(DBT_INTERNAL_DEST.t, '+')")
    assert "Generate Symlink Format Manifest" in str(failed.value)
    assert "Destination exists and is not a directory" in str(failed.value)
    assert merging.rows() == [(1, "old+"), (2, "this run"), (3, "old")]
