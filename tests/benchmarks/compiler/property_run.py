"""The long run of the property tests: 20,000 generated sources in as many seeds as processes.

python tests/benchmarks/compiler/property_run.py [examples] [processes]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]
TESTS = (
    "tests/unit/compiler/test_property_check.py",
    "tests/unit/compiler/test_differential_dbt.py",
    "tests/unit/compiler/test_live_analysis.py",
)


def run(examples: int, processes: int) -> int:
    """Run the tests in parallel with different seeds; the number of processes that failed."""
    started = time.perf_counter()
    running = []
    share = -(-examples // processes)
    for number in range(processes):
        environment = {
            **os.environ,
            "DBT_GLUE_PROPERTY_EXAMPLES": str(share),
            "DBT_GLUE_PROPERTY_SEED": str(number + 1),
        }
        command = [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("--timeout", "0", *TESTS),
        ]
        running.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        )
    failed = 0
    for number, process in enumerate(running, 1):
        output, _ = process.communicate()
        if process.returncode:
            failed += 1
            sys.stdout.write(output)
        else:
            found = re.findall(r"\d+ passed.*", output)
            sys.stdout.write(f"seed {number}: {found[-1] if found else 'passed'}\n")
    seconds = time.perf_counter() - started
    sys.stdout.write(
        f"{share * processes} sources in {seconds:.0f} s on {processes} processes, "
        f"{'no failure' if not failed else f'{failed} processes failed'}\n"
    )
    return failed


if __name__ == "__main__":
    arguments = [int(item) for item in sys.argv[1:]]
    count = arguments[0] if arguments else 20_000
    jobs = arguments[1] if len(arguments) > 1 else (os.cpu_count() or 1)
    sys.exit(1 if run(count, jobs) else 0)
