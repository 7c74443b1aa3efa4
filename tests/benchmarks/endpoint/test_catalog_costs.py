"""What the catalog costs, beside what it cost in another environment, where DBT_GLUE_BENCH_BEFORE names its Python.

Nothing is asserted about the times, which depend on the machine and on what else it does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("catalog_costs.py")


def costs(python: str) -> dict[str, float]:
    """What the program says in an environment."""
    done = subprocess.run([python, str(PROGRAM)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {
        key: value for line in done.stdout.splitlines() for key, value in json.loads(line).items()
    }


def test_what_the_catalog_costs() -> None:
    before = os.environ.get("DBT_GLUE_BENCH_BEFORE")
    then = costs(before) if before else {}
    now = costs(sys.executable)
    print(f"\n{'':44}{'before':>10}{'now':>10}{'ratio':>8}")
    for name, value in now.items():
        old = then.get(name)
        ratio = (
            f"{old:>10.2f}{value:>10.2f}{old / value:>8.1f}" if old else f"{'':10}{value:>10.2f}"
        )
        print(f"{name:<44}{ratio}")
    assert now
