"""The partitions of a batch that the Data Catalog does not take, after those are tried again that it has no time for."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.faults import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["refused_partitions"]

WAITS = (0.1, 0.5, 2.0, 5.0, 10.0)
"""Seconds, more or less, before the rest of a batch is tried again."""

Refused = tuple[tuple[str, ...], dict[str, Any]]


def refused_partitions(
    ask: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], items: list[dict[str, Any]]
) -> list[Refused]:
    """Values and ErrorDetail of the partitions that were refused. `ask` makes the call and returns its Errors."""
    refused: list[Refused] = []
    left = items
    for wait in (*WAITS, None):
        again = set()
        for problem in ask(left):
            values = tuple(
                problem.get("PartitionValues") or problem.get("PartitionValueList") or ()
            )
            detail = problem.get("ErrorDetail") or {}
            if wait is not None and fault_of(code=str(detail.get("ErrorCode", ""))):
                again.add(values)
            else:
                refused.append((values, detail))
        left = [item for item in left if _values(item) in again]
        if not left or wait is None:
            break
        time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    return refused


def _values(item: dict[str, Any]) -> tuple[str, ...]:
    return tuple(item.get("Values") or item.get("PartitionValueList") or ())
