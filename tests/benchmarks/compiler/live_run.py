"""Edits texts at random and compares the analysis that goes along with fresh ones: how many a second, and what differs.

python tests/benchmarks/compiler/live_run.py [sequences] [processes] [first seed]
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from typing import TYPE_CHECKING

from tests.unit.compiler.live_equality import Comparison, editing
from tests.unit.compiler.smallest_versions import report

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_REPORTS = 5


def judged(seed: int) -> tuple[int, int, str | None]:
    """The seed, how many versions its text had, and what is wrong with the analysis of one."""
    found = editing(seed)
    comparison = Comparison(found.options, found.in_project)
    versions = found.versions
    if comparison.difference(versions) is None:
        return seed, len(versions), None
    return seed, len(versions), report(found, comparison) or f"seed {seed}: only once"


def _print_as_they_come(results: Iterable[tuple[int, int, str | None]]) -> tuple[int, int, int]:
    sequences = versions = failures = 0
    for _, count, text in results:
        sequences += 1
        versions += count
        if text is not None:
            failures += 1
            sys.stdout.write(f"{text}\n\n")
            sys.stdout.flush()
            if failures == MOST_REPORTS:
                break
    return sequences, versions, failures


def run(sequences: int, processes: int, first: int) -> int:
    """Judge the sequences of as many seeds; the number of those that fail, at most MOST_REPORTS."""
    started = time.perf_counter()
    seeds = range(first, first + sequences)
    if processes == 1:
        done, versions, failures = _print_as_they_come(map(judged, seeds))
    else:
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            results = pool.imap_unordered(judged, seeds, chunksize=8)
            done, versions, failures = _print_as_they_come(results)
            pool.terminate()
    seconds = time.perf_counter() - started
    sys.stdout.write(
        f"{done} sequences of {versions} versions in {seconds:.0f} s on {processes} processes "
        f"({done / seconds:.1f}/s), {failures or 'no'} failures, seeds {first} to {seeds[-1]}\n"
    )
    return failures


if __name__ == "__main__":
    arguments = [int(item) for item in sys.argv[1:]]
    defaults = [1_000, os.cpu_count() or 1, 1]
    sys.exit(1 if run(*arguments, *defaults[len(arguments) :]) else 0)
