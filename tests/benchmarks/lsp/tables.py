"""What the benchmarks print: medians and 95th percentiles in rows, past pytest's capture."""

from __future__ import annotations

import os
import statistics
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def say(text: str = "") -> None:
    """Past pytest's capture."""
    print(text, file=sys.__stdout__, flush=True)


def p95(times: Sequence[float]) -> float:
    """The 95th percentile."""
    if len(times) < 2:
        return times[0]
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def median_and_p95(times: Sequence[float]) -> str:
    """Both, as the tables have them."""
    return f"{rounded(statistics.median(times))} / {rounded(p95(times))}"


def rounded(value: float) -> str:
    """A number of milliseconds with the digits that it deserves."""
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"


def row(name: str, *cells: str, wide: int = 14) -> None:
    """One row, its name first."""
    say(f"  {name:<46}" + "".join(f"{cell:>{wide}}" for cell in cells))


def load() -> str:
    """How busy the machine is, which belongs to every figure of the clock."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
