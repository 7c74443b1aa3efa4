"""The fault matrix: every operation that clean runs call x every fault x every kind of node.

python -m tests.reliability.matrix                                  everything: hours
python -m tests.reliability.matrix --kinds table,merge --positions first
python -m tests.reliability.matrix --only 'UpdateTable' --json /tmp/matrix.json
python -m tests.reliability.matrix --docs docs/fault-matrix.md     writes the page from what was measured

The operations are those that were seen on the wire in runs without faults: the first run of a node and one
after it. The fault befalls the first call of the operation, and in another cell the last one.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from glue_endpoint.process import client

from tests.reliability.bench import Bench, Cell, Verdict
from tests.reliability.faults import FAULTS
from tests.reliability.shop import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["cells_of", "main", "page"]


def cells_of(
    kind: str, recorded: dict[str, dict[str, int]], positions: Sequence[str] = ("first", "last")
) -> Iterator[Cell]:
    """The cells of a kind. What only its first run calls is broken there, all else in a later run."""
    for state in ("again", "first"):
        for operation, count in sorted(recorded[state].items()):
            if state == "first" and operation in recorded["again"]:
                continue
            wanted = {"first": 1, "last": count}
            for position in sorted({wanted[name] for name in positions}):
                for fault in FAULTS:
                    yield Cell(kind, state, operation, position, fault)


def table(verdicts: Sequence[Verdict]) -> list[str]:
    """A line for each operation, a column for each fault; what is wrong names its kinds."""
    faults = [name for name in FAULTS if any(v.cell.fault == name for v in verdicts)]
    lines = [f"| operation | {' | '.join(faults)} |", "|---" * (len(faults) + 1) + "|"]
    for operation in sorted({verdict.cell.operation for verdict in verdicts}):
        told = []
        for fault in faults:
            here = [v for v in verdicts if (v.cell.operation, v.cell.fault) == (operation, fault)]
            wrong = sorted({v.cell.kind for v in here if v.end == "wrong"})
            ends = {v.end for v in here} - {"not reached"}
            told.append(f"**{', '.join(wrong)}**" if wrong else " or ".join(sorted(ends)) or "-")
        lines.append(f"| {operation} | {' | '.join(told)} |")
    return lines


def page(verdicts: Sequence[Verdict], commit: str) -> str:
    """The documentation's page."""
    ends = [verdict.end for verdict in verdicts]
    reached = len(ends) - ends.count("not reached")
    kinds = ", ".join(sorted({verdict.cell.kind for verdict in verdicts}))
    return "\n".join(
        [
            "# Fault matrix",
            "",
            "<!-- Written by python -m tests.reliability.matrix --docs: do not edit. -->",
            "",
            f"Measured at commit `{commit}` on the embedded endpoint, kinds: {kinds}. Of {reached} cells",
            f"{ends.count('right')} end right in spite of the fault, {ends.count('error')} with a clear error and",
            f"nothing lost, {ends.count('wrong')} are wrong; {len(ends) - reached} were not reached.",
            "",
            "right: exit code 0 and the new rows. error: another exit code, an error that names the operation or",
            "the cause, the old rows or the new ones, no session left, and the next run is right. In bold: the",
            "kinds for which it is neither. \"before\" and \"after\" say whether the call took effect.",
            "",
            *table(verdicts),
            "",
        ]
    )


def measured(options: argparse.Namespace) -> Iterator[Verdict]:
    wanted = re.compile(options.only)
    with tempfile.TemporaryDirectory(prefix="matrix-") as scratch:
        state = Path(scratch) / ".dbt-glue"
        endpoint = client.ensure_endpoint(state, on_progress=print)
        try:
            for kind in options.kinds.split(","):
                folder = Path(scratch) / kind
                folder.mkdir()
                bench = Bench(kind, endpoint, state, folder)
                try:
                    recorded = bench.record()
                    print(f"{kind}: {json.dumps(recorded)}", flush=True)
                    cells = cells_of(kind, recorded, options.positions.split(","))
                    for cell in cells:
                        if wanted.search(str(cell)):
                            yield bench.try_cell(cell)
                finally:
                    bench.close()
        finally:
            client.stop(state)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when no cell is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--positions", default="first,last", help="first, last, or both")
    parser.add_argument("--only", default="", help="a regular expression of the cells' names")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--commit", default="?", help="what the page says was measured")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after as many")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    verdicts = []
    for verdict in measured(options):
        verdicts.append(verdict)
        why = f"  {'; '.join(verdict.wrong)}"[:400] if verdict.wrong else ""
        print(f"{verdict.end:<12}{verdict.seconds:>6.1f}  {verdict.cell}{why}", flush=True)
        if options.json:
            told = [{**v._asdict(), "cell": v.cell._asdict()} for v in verdicts]
            options.json.write_text(json.dumps(told, indent=1))
        if time.monotonic() - began > options.minutes * 60:
            break
    print("\n".join(table(verdicts)))
    if options.docs:
        options.docs.write_text(page(verdicts, options.commit))
    return 1 if any(verdict.end == "wrong" for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
