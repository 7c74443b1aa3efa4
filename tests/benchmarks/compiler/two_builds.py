"""What the check of a model costs, beside another build: CPU time over all Python files of a folder, as a ratio.

python tests/benchmarks/compiler/two_builds.py FOLDER OTHER_CHECKOUT [rounds]

The builds take turns, each in a process of its own, so that a machine that slows down slows both. Of each the best
round counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys, time
from pathlib import Path
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.text.source import SourceText

texts = [SourceText(path.read_text("utf-8")) for path in sorted(Path(sys.argv[1]).rglob("*.py"))]
for text in texts[:20]:
    check(analyze(text), text)  # what is read once is read
begin = time.process_time()
for text in texts:
    check(analyze(text), text)
print((time.process_time() - begin) / len(texts) * 1000)
"""


def milliseconds(checkout: Path, folder: str) -> float:
    """CPU time of one model with a checkout's compiler."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder],
        env={**os.environ, "PYTHONPATH": str(checkout / "compiler")},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def main(folder: str, other: str, rounds: int = 3) -> None:
    """Print both times and their ratio."""
    before, now = [], []
    for _ in range(rounds):
        before.append(milliseconds(Path(other).resolve(), folder))
        now.append(milliseconds(ROOT, folder))
    print(
        f"before {min(before):.2f} ms, now {min(now):.2f} ms a model: {min(now) / min(before):.2f}"
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
