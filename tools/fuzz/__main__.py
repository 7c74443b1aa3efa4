"""The command of the package's text."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import tools.fuzz as package  # noqa: E402 - after its place is known
from tests.data.shop import tables  # noqa: E402
from tools.fuzz.held import counted, held  # noqa: E402
from tools.mutation.judging import Judge  # noqa: E402
from tools.mutation.running import QUICK, Runner  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """The command of the package's text; it exits with 1 where the check has an error on a program that runs."""
    about = package.__doc__ or ""
    parser = argparse.ArgumentParser(prog="tools.fuzz", description=about.splitlines()[0])
    parser.add_argument("--programs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--missed", action="store_true")
    asked = parser.parse_args(arguments)
    from glue_session.state import attach

    from tests.integration.rewrites.local_spark import local_spark

    with tempfile.TemporaryDirectory() as folder, local_spark(Path(folder) / "w") as spark:
        attach({"spark": spark})
        for name, value in QUICK.items():
            spark.conf.set(name, value)
        runner = Runner(spark, tables.views(spark), Path(folder) / "runs")
        seeds = range(asked.seed, asked.seed + asked.programs)
        found = held(seeds, runner, Judge(Path(folder) / "project"))
    print("\n".join(counted(found).lines()))
    for one in found:
        if one.false or (asked.missed and one.given.error and not one.known):
            print(f"\n# seed {one.seed}: {one.given.error} {one.given.message} {one.given.lines}")
            print(one.text)
            print("\n".join(f"{said.first}: {said.code} {said.message}" for said in one.said))
    return 1 if any(one.false for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
