"""`make lakehouse`: three days of a small lakehouse on the embedded endpoint, from nothing, and what they left."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "lakehouse"
BIN = Path(sys.executable).parent
DAYS = (1, 2, 3)
LOOK = """
select plan, month, orders, revenue from {{ ref('revenue_by_plan') }} order by month, plan
"""
HISTORY = """
select committed_at, operation, summary['added-records'] as added, summary['deleted-records'] as deleted
from {{ ref('orders') }}.snapshots order by committed_at
"""


def run(project: Path, *command: str, **variables: str) -> str:
    """Runs a command of this environment in the project, and shows what it prints. Exits with its code if it fails."""
    print(f"\n$ {shlex.join(command)}", flush=True)
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=project,
        env={**os.environ, "DBT_PROFILES_DIR": str(project), **variables},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(done.stdout, end="", flush=True)
    if done.returncode != 0:
        print(f"\n{command[0]} failed. Next: read the first error above", file=sys.stderr)
        sys.exit(done.returncode)
    return done.stdout


def build(project: Path) -> None:
    """Three days: each is loaded, then built on what the days before left."""
    shutil.rmtree(project / ".dbt-glue", ignore_errors=True)
    run(project, "dbt-glue", "endpoint", "start")
    printed = subprocess.run(
        [str(BIN / "dbt-glue"), "endpoint", "env"],
        cwd=project, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    words = shlex.split(printed.replace("export ", ""))
    variables = dict(word.split("=", 1) for word in words)
    for day in DAYS:
        run(project, "python", "load.py", str(day), **variables)
        run(project, "dbt", "build")


def main() -> None:
    build(PROJECT)
    run(PROJECT, "dbt", "show", "--inline", LOOK, "--limit", "20")
    run(PROJECT, "dbt", "show", "--inline", HISTORY, "--limit", "20")
    print(
        "\nThe endpoint runs on for 15 minutes. Next: `make stop`, or look around in examples/lakehouse"
    )


if __name__ == "__main__":
    main()
