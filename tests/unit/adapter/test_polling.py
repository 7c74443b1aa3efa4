"""How Glue is polled: the end of a statement is seen soon, and a long one costs few calls."""

from __future__ import annotations

import pytest

from dbt.adapters.glue.sessions.polling import intervals


def looks(takes: float, longest: float = 5.0) -> list[float]:
    """The times at which something is looked at that takes so many seconds, on a clock of our own."""
    seen = [0.0]
    for wait in intervals(longest, clock=lambda: seen[-1]):
        seen.append(seen[-1] + wait)
        if seen[-1] >= takes:
            return seen
    raise AssertionError("intervals never end")


@pytest.mark.parametrize("takes", [0.001, 0.02, 0.1, 0.3, 1.0])
def test_the_end_of_a_short_statement_is_seen_within_a_tenth_of_a_second(takes: float) -> None:
    assert looks(takes)[-1] - takes < 0.1


def test_a_long_statement_costs_few_calls() -> None:
    hour = looks(3600.0)
    assert hour[-1] - 3600.0 < 6
    assert len(hour) < 900
