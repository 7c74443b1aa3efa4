"""When a fault befalls which calls, and which errors an operation can answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reliability.bench import Cell, Verdict, is_clear
from tests.reliability.faults import FAULTS, Call, Fault, Nth, possible
from tests.reliability.kills import points_of
from tests.reliability.matrix import cells_of, lasting, table, transient
from tests.reliability.shop import KINDS

RECORDED = {
    "first": {"CreateDatabase": 1, "GetTable": 2},
    "again": {"GetTable": 5, "GetStatement": 3, "UpdateTable": 1},
}


def befallen(fault: Fault, position: int, *calls: tuple[str, dict[str, Any]]) -> list[bool]:
    rule = Nth("GetStatement", position, fault)
    made = [Call(name, parameters, None, lambda: (200, b"")) for name, parameters in calls]
    return [rule(call) is not None for call in made]


def poll(statement: int) -> tuple[str, dict[str, Any]]:
    return "GetStatement", {"SessionId": "s", "Id": statement}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("throttled", [False, False, False, True, False, False]),
        ("denied", [False, False, False, True, True, False]),
        ("expired", [False, False, False, True, True, True]),
    ],
)
def test_polls_of_one_statement_count_as_one_call(fault: str, expected: list[bool]) -> None:
    calls = (poll(1), poll(1), ("UpdateTable", {}), poll(2), poll(2), ("UpdateTable", {}))
    assert befallen(FAULTS[fault], 2, *calls) == expected


def test_an_operation_meets_only_errors_of_its_own() -> None:
    assert "conflict" in possible("UpdateTable")
    assert "conflict" not in possible("GetTable")
    assert "timed out after" in possible("GetTable")
    assert "dropped after" in possible("RunStatement")


def test_a_first_run_is_broken_only_at_what_no_later_one_calls() -> None:
    cells = list(cells_of("table", RECORDED))
    assert {cell.operation for cell in cells if cell.state == "first"} == {"CreateDatabase"}
    assert {cell.position for cell in cells if cell.operation == "GetTable"} == {1, 5}
    assert len(cells) == len(set(cells))


def test_the_sample_of_each_kind_breaks_each_operation() -> None:
    for kind in KINDS:
        assert {cell.operation for cell in transient(kind, RECORDED)} == set(RECORDED["again"])
        assert all(FAULTS[cell.fault].survivable for cell in transient(kind, RECORDED))
        ending = lasting(kind, RECORDED, 2)
        assert len(set(ending)) == 2
        assert not any(FAULTS[cell.fault].survivable for cell in ending)
    sampled = {cell.fault for kind in KINDS for cell in transient(kind, RECORDED)}
    assert len(sampled) > len(KINDS)


def test_an_error_is_clear_when_it_names_the_operation_or_the_cause() -> None:
    cell = Cell("table", "again", "UpdateTable", 1, "dropped after")
    assert is_clear("Data Catalog UpdateTable failed", [cell])
    assert is_clear("Connection was closed before we received a valid response", [cell])
    assert not is_clear("an error occurred", [cell])


def test_points_are_the_same_for_the_same_seed() -> None:
    points = points_of(50, 300, ["SIGINT", "SIGHUP"], seed=3)
    assert points == points_of(50, 300, ["SIGINT", "SIGHUP"], seed=3)
    assert points != points_of(50, 300, ["SIGINT", "SIGHUP"], seed=4)
    assert {point.signal for point in points} == {"SIGINT", "SIGHUP"}
    assert all(1 <= point.request <= 300 for point in points)


def test_the_table_names_the_kinds_for_which_a_cell_is_wrong() -> None:
    def verdict(kind: str, end: str) -> Verdict:
        return Verdict((Cell(kind, "again", "GetTable", 1, "throttled"),), end, [], 1.0, "")

    good = [verdict("table", "right"), verdict("seed", "error")]
    assert table(good)[2:] == ["| GetTable | error or right |"]
    assert table([*good, verdict("merge", "wrong")])[2:] == ["| GetTable | **merge** |"]


def test_of_a_table_with_partitions_each_is_old_or_new() -> None:
    old, new = [(1, 1, "a"), (3, 1, "p1")], [(1, 2, "a"), (3, 1, "p1"), (3, 2, "p2")]
    switching = [(1, 2, "a"), (3, 1, "p1")]
    assert KINDS["overwrite"].may_be(switching, old, new)
    assert not KINDS["overwrite"].may_be([(3, 1, "p1")], old, new)
    assert not KINDS["overwrite"].may_be(None, old, new)
    assert KINDS["table"].may_be([(1, 2)], [(1, 1)], [(1, 2)])
    assert not KINDS["table"].may_be([(1, 1), (2, 2)], [(1, 1), (2, 1)], [(1, 2), (2, 2)])
