"""How many GetStatement statements cost, and how late their end is seen: near (as it was everywhere) and far, on a clock of our own."""

from __future__ import annotations

import heapq
import itertools
import random
from typing import NamedTuple

import pytest

from dbt.adapters.glue.sessions.polling import LOOKS, Pace, intervals


class Cost(NamedTuple):
    """Looks of all threads, the most of them in a second, and seconds from a statement's end until it is seen, on average."""

    looks: int
    most: int
    late: float


def cost(threads: int, takes: float, *, paced: bool) -> Cost:
    """Of as many statements at once, each of about that many seconds."""
    random.seed(1)
    now = 0.0
    clock = lambda: now  # noqa: E731
    pace = Pace(near=not paced, clock=clock)
    # An iterator each, which asks the clock when its statement began and at each look.
    waits = [pace.intervals(5.0) if paced else intervals(5.0, clock=clock) for _ in range(threads)]
    ends = [takes * random.uniform(0.8, 1.2) for _ in range(threads)]
    order = itertools.count()
    # What each thread does next: sleep its interval, then wait for its turn, then look.
    events = [(0.0, next(order), number, "sleep") for number in range(threads)]
    seen: list[float] = []
    late: list[float] = []
    while events:
        now, _, number, what = heapq.heappop(events)
        if what == "sleep":
            heapq.heappush(events, (now + next(waits[number]), next(order), number, "turn"))
        elif what == "turn":
            heapq.heappush(events, (now + pace.turn(), next(order), number, "look"))
        else:
            seen.append(now)
            if now >= ends[number]:
                late.append(now - ends[number])
            else:
                heapq.heappush(events, (now, next(order), number, "sleep"))
    most, start = 0, 0
    for end, moment in enumerate(seen):
        while moment - seen[start] >= 1:
            start += 1
        most = max(most, end - start + 1)
    return Cost(len(seen), most, sum(late) / threads)


@pytest.mark.parametrize("threads", [1, 8, 32])
def test_what_looks_cost(threads: int) -> None:
    print(
        f"\n{threads} threads: statements of | looks each before, now, ratio | most a second before, now | seen late by"
    )
    for takes in (1.0, 10.0, 60.0, 600.0):
        before, after = (cost(threads, takes, paced=paced) for paced in (False, True))
        print(
            f"{takes:>8.0f} s{before.looks / threads:>10.1f}{after.looks / threads:>8.1f}{before.looks / after.looks:>7.1f}"
            f"{before.most:>8}{after.most:>6}{before.late:>10.2f} s{after.late:>8.2f} s"
        )
        assert after.looks < before.looks
        assert after.most <= LOOKS + 2
