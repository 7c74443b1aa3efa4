"""The command of the package's text."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import tools.mutation as package  # noqa: E402 - after its place is known
from tools.mutation import measure, table  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """The command of the package's text."""
    about = package.__doc__ or ""
    parser = argparse.ArgumentParser(prog="tools.mutation", description=about.splitlines()[0])
    parser.add_argument("--missed", metavar="CLASS", help="a class, or ALL")
    parser.add_argument("--only", metavar="NAME", help="a class, an operator or a model")
    parser.add_argument("--page", action="store_true", help="write docs/mutations.md")
    parser.add_argument("--verdicts", type=Path, default=measure.VERDICTS)
    parser.add_argument("--no-spark", action="store_true", help="only what is known already")
    asked = parser.parse_args(arguments)
    wanted = measure.planted(asked.only)
    verdicts = measure.load(asked.verdicts)
    if not asked.no_spark and measure.run_missing(wanted, verdicts, asked.verdicts):
        # Of a part of the mutants alone, nothing is forgotten.
        used = wanted if asked.only is None else measure.planted()
        measure.save(verdicts, map(measure.verdict_key, used), asked.verdicts)
    found = measure.judged(wanted, verdicts)
    if asked.missed:
        print("\n".join(table.missed(found, asked.missed)))
    else:
        print("\n".join(table.lines(measure.counted(found))))
    if asked.page:
        table.write_page(ROOT / "docs" / "mutations.md", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
