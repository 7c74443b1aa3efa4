"""The checker of histories on made-up ones: it accepts what may be, and names what may not."""

from __future__ import annotations

import pytest

from tests.reliability.checker import (
    GROWS,
    REPLACED,
    ROWS,
    History,
    Read,
    Row,
    Write,
    violations,
)


def rows(*runs: int, part: str = "") -> tuple[Row, ...]:
    return tuple((run, sequence, part) for run in runs for sequence in range(ROWS))


def done(run: int, began: float, ended: float | None, *parts: str) -> Write:
    return Write("t", run, began, ended, parts or ("",))


def seen(began: float, seen_rows: tuple[Row, ...], reader: str = "Spark") -> Read:
    return Read(reader, "t", began, began + 0.5, seen_rows)


def wrong(shape: str, *events: Write | Read) -> list[str]:
    writes = [event for event in events if isinstance(event, Write)]
    reads = [event for event in events if isinstance(event, Read)]
    return [found.what for found in violations(History({"t": shape}, writes, reads))]


ONE, TWO = done(1, 0, 1), done(2, 2, 3)


@pytest.mark.parametrize(
    ("shape", "events"),
    [
        (REPLACED, (ONE, seen(1.2, rows(1)), TWO, seen(2.2, rows(1)), seen(2.8, rows(2)), seen(4, rows(2)))),
        # While two runs overlap, either may come last; and one that was killed may come late, or never.
        (REPLACED, (ONE, done(2, 0.5, 3), seen(4, rows(1)))),
        (REPLACED, (ONE, done(2, 2, None), seen(3, rows(1)), seen(9, rows(2)))),
        (REPLACED, (seen(0, ()), ONE, seen(4, rows(1)))),
        (REPLACED, (ONE, TWO, seen(2.2, rows(2)), seen(2.6, rows(1), "Athena"))),
        (
            REPLACED,
            (done(1, 0, 1, "a", "b"), done(2, 2, 3, "a"), seen(4, rows(2, part="a") + rows(1, part="b"))),
        ),
        (GROWS, (ONE, seen(1.2, rows(1)), TWO, seen(2.5, rows(1)), seen(4, rows(1, 2)))),
        (GROWS, (ONE, done(2, 2, None), seen(3, rows(1)), seen(9, rows(1, 2)))),
    ],
)  # fmt: skip
def test_good_histories(shape: str, events: tuple[Write | Read, ...]) -> None:
    assert wrong(shape, *events) == []


@pytest.mark.parametrize(
    ("what", "shape", "events"),
    [
        ("empty, after a first version", REPLACED, (ONE, seen(2, ()))),
        ("a mix of versions", REPLACED, (ONE, TWO, seen(2.5, rows(1, 2)))),
        ("a part of a run's rows", REPLACED, (ONE, seen(2, rows(1)[:2]))),
        ("a run's rows are there twice", GROWS, (ONE, seen(2, rows(1, 1)))),
        ("rows of nobody", GROWS, (ONE, seen(2, rows(1, 7)))),
        ("older than an acknowledged version", REPLACED, (ONE, TWO, seen(4, rows(1)))),
        (
            "older than this reader's last", REPLACED,
            (ONE, done(2, 2, 5), seen(3, rows(2)), seen(4, rows(1))),
        ),
        (
            "a replaced version is back", REPLACED,
            (ONE, done(2, 2, None), done(3, 4, 5), seen(3, rows(2)), seen(6, rows(3)), seen(9, rows(2))),
        ),
        (
            "a replaced version is back", REPLACED,
            (done(1, 0, 9), done(2, 0, 9), seen(1, rows(1)), seen(2, rows(2)), seen(3, rows(1))),
        ),
        (
            "empty, after this reader saw a version", REPLACED,
            (done(1, 0, None), seen(1, rows(1)), seen(2, ())),
        ),
        ("an acknowledged run's rows are missing", GROWS, (ONE, TWO, seen(4, rows(2)))),
        (
            "older than this reader's last", GROWS,
            (ONE, done(2, 2, None), seen(3, rows(1, 2)), seen(4, rows(1))),
        ),
        (
            "empty, after a first version", REPLACED,
            (done(1, 0, 1, "a", "b"), done(2, 2, 3, "a"), seen(4, rows(2, part="a"))),
        ),
    ],
)  # fmt: skip
def test_bad_histories(what: str, shape: str, events: tuple[Write | Read, ...]) -> None:
    assert wrong(shape, *events) == [what]


def test_a_read_that_failed_is_told_with_its_error() -> None:
    read = Read("Athena", "t", 2, 3, error="FileNotFoundError: s3://b/t/v1")
    (found,) = violations(History({"t": REPLACED}, [ONE], [read]))
    assert str(found).splitlines() == [
        "a read failed",
        "      2.00 -     3.00  Athena reads t: FileNotFoundError: s3://b/t/v1",
    ]


def test_the_excerpt_of_a_lost_update_has_who_overlapped() -> None:
    lost, winner = done(1, 0, 4), done(2, 1, 3)
    (found,) = violations(History({"t": GROWS}, [lost, winner], [seen(5, rows(2))]))
    assert found.events[:2] == (lost, winner)
