"""The fault matrix: every operation that clean runs call x every fault x every kind of node.

python -m tests.reliability.matrix                                  everything: hours
python -m tests.reliability.matrix --kinds table,merge --positions first
python -m tests.reliability.matrix --only 'UpdateTable' --json /tmp/matrix.json
python -m tests.reliability.matrix --docs docs/fault-matrix.md     writes the page from what was measured
python -m tests.reliability.matrix --every 10                       a tenth of the cells, spread over all

The operations are those that were seen on the wire in runs without faults: the first run of a node and one
after it. The fault befalls the first call of the operation, and in another cell the last one.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from glue_endpoint.process import client

from tests.reliability.bench import Bench, Cell, Recorded, Verdict
from tests.reliability.faults import FAULTS, possible
from tests.reliability.shop import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["cells_of", "lasting", "main", "page", "transient"]


def cells_of(
    kind: str, recorded: Recorded, positions: Sequence[str] = ("first", "last")
) -> Iterator[Cell]:
    """The cells of a kind. What only its first run calls is broken there, all else in a later run."""
    for state in ("again", "first"):
        for operation, count in sorted(recorded[state].items()):
            if state == "first" and operation in recorded["again"]:
                continue
            wanted = {"first": 1, "last": count}
            for position in sorted({wanted[name] for name in positions}):
                for fault in possible(operation):
                    yield Cell(kind, state, operation, position, fault)


def transient(kind: str, recorded: Recorded) -> tuple[Cell, ...]:
    """A fault that has to be survived for each operation of a later run, all in one run; another for each kind."""
    turned = list(KINDS).index(kind)
    cells = []
    for position, operation in enumerate(sorted(recorded["again"])):
        faults = [name for name in possible(operation) if FAULTS[name].survivable]
        fault = faults[(3 * turned + position) % len(faults)]
        cells.append(Cell(kind, "again", operation, 1, fault))
    return tuple(cells)


def lasting(kind: str, recorded: Recorded, count: int) -> list[Cell]:
    """So many of the cells whose faults may end a run, others for each kind."""
    turned = list(KINDS).index(kind)
    cells = [
        cell for cell in cells_of(kind, recorded, ("first",)) if not FAULTS[cell.fault].survivable
    ]
    return [
        cells[(turned + position * len(cells) // count) % len(cells)] for position in range(count)
    ]


def table(verdicts: Sequence[Verdict]) -> list[str]:
    """A line for each operation, a column for each fault; what is wrong names its kinds."""
    faults = [name for name in FAULTS if any(v.cells[0].fault == name for v in verdicts)]
    lines = [f"| operation | {' | '.join(faults)} |", "|---" * (len(faults) + 1) + "|"]
    for operation in sorted({verdict.cells[0].operation for verdict in verdicts}):
        told = []
        for fault in faults:
            here = [
                v
                for v in verdicts
                if (v.cells[0].operation, v.cells[0].fault) == (operation, fault)
            ]
            wrong = sorted({v.cells[0].kind for v in here if v.end == "wrong"})
            ends = {v.end for v in here} - {"not reached"}
            told.append(f"**{', '.join(wrong)}**" if wrong else " or ".join(sorted(ends)) or "-")
        lines.append(f"| {operation} | {' | '.join(told)} |")
    return lines


def page(verdicts: Sequence[Verdict], commit: str) -> str:
    """The documentation's page."""
    ends = [verdict.end for verdict in verdicts]
    reached = len(ends) - ends.count("not reached")
    kinds = ", ".join(sorted({verdict.cells[0].kind for verdict in verdicts}))
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
            'kinds for which it is neither. "before" and "after" say whether the call took effect.',
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
            bench = Bench(endpoint, state, Path(scratch))
            try:
                for kind in options.kinds.split(","):
                    recorded = bench.record(kind)
                    print(f"{kind}: {json.dumps(recorded)}", flush=True)
                    cells = list(cells_of(kind, recorded, options.positions.split(",")))
                    # Another remainder for each kind: together they see more of the operations and faults.
                    for cell in cells[list(KINDS).index(kind) % options.every :: options.every]:
                        if wanted.search(str(cell)):
                            yield bench.try_cells(cell)._replace(cells=(cell,))
            finally:
                bench.close()
        finally:
            client.stop(state)


def kept(path: Path) -> Iterator[Verdict]:
    for told in json.loads(path.read_text()):
        yield Verdict(**{**told, "cells": tuple(Cell(**cell) for cell in told["cells"])})


def checked_out() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when no cell is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--positions", default="first,last", help="first, last, or both")
    parser.add_argument("--only", default="", help="a regular expression of the cells' names")
    parser.add_argument("--every", type=int, default=1, help="of the cells every so-manieth")
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--read", type=Path, help="measure nothing: the verdicts of an earlier --json"
    )
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--commit", help="what the page says was measured (the checkout's)")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after as many")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    verdicts: list[Verdict] = []
    for verdict in kept(options.read) if options.read else measured(options):
        verdicts.append(verdict)
        why = f"  {'; '.join(verdict.wrong)}"[:400] if verdict.wrong else ""
        print(f"{verdict.end:<12}{verdict.seconds:>6.1f}  {verdict.cells[0]}{why}", flush=True)
        if options.json:
            told = [{**v._asdict(), "cells": [c._asdict() for c in v.cells]} for v in verdicts]
            options.json.write_text(json.dumps(told, indent=1))
        if time.monotonic() - began > options.minutes * 60:
            break
    print("\n".join(table(verdicts)))
    if options.docs:
        options.docs.write_text(page(verdicts, options.commit or checked_out()))
    return 1 if any(verdict.end == "wrong" for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
