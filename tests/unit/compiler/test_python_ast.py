"""Trees are made in several threads: the server reads projects while it answers."""

from __future__ import annotations

import gc
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from glue_compiler.analysis import analyze
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText

DEEP = "x = " + "f(" * 60 + "1" + ")" * 60 + "\n"


class Yields:
    """Garbage whose end lets other threads run, in the middle of whatever made it garbage."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        time.sleep(0)


def test_threads_that_parse_at_once_get_whole_trees() -> None:
    before, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(20)
    sys.setswitchinterval(1e-6)
    try:

        def work(_: int) -> str:
            for _ in range(30):
                Yields()
                parse_ast(DEEP)
            return analyze(SourceText(DEEP)).source_hash

        with ThreadPoolExecutor(4) as pool:
            hashes = set(pool.map(work, range(16)))
    finally:
        gc.set_threshold(*before)
        sys.setswitchinterval(interval)
    assert len(hashes) == 1
