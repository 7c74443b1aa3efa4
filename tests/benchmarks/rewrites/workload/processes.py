"""What a process and those that it started have of memory and of processor time, from /proc."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MEGABYTE = 2**20


class Sample(NamedTuple):
    """At one time (of time.monotonic): megabytes in memory of the JVM and of all, seconds of processor time of all."""

    at: float
    jvm: float
    tree: float
    cpu: float


class Watch:
    """Looks at the tree below a process every 50 ms until the block ends."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.samples: list[Sample] = []

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            self.samples.append(_sample(self._pid))

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def between(self, began: float, ended: float) -> dict[str, float]:
        """What the tree needed in that time: memory on top of what it had at its beginning, and processor time."""
        first = max((s for s in self.samples if s.at <= began), key=lambda s: s.at)
        within = [s for s in self.samples if began <= s.at <= ended] or [first]
        return {
            "jvm": max(s.jvm for s in within) - first.jvm,
            "tree": max(s.tree for s in within) - first.tree,
            "cpu": within[-1].cpu - first.cpu,
        }


def _sample(root: int) -> Sample:
    jvm = tree = cpu = 0.0
    for pid in _tree(root):
        with contextlib.suppress(OSError):  # it may have ended meanwhile
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            name, _, rest = stat.partition("(")[2].rpartition(")")
            fields = rest.split()
            # The times of those that it waited for count too: Python workers end with their stage.
            cpu += sum(map(int, fields[11:15])) / _TICKS
            resident = int(fields[21]) * _PAGE / _MEGABYTE
            tree += resident
            if name == "java":
                jvm += resident
    return Sample(time.monotonic(), jvm, tree, cpu)


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found
