"""What befalls the runs of a history: slow, reordered, lost and refused calls; killed commands; a killed JVM."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any

import psutil

from tests.reliability.faults import FAULTS, hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reliability.faults import Answer, Call

__all__ = ["Chaos", "kill_jvm"]

SLOW = ("UpdateTable", "CreateTable", "DeleteTable", "BatchUpdatePartition", "BatchCreatePartition", "BatchDeletePartition")  # fmt: skip
"""Whoever is late here lets others go first: two clients' calls arrive in another order than they were made."""
HELD = 0.3
LONGEST = 6.0
"""Seconds."""
LOST = 0.01
TRANSIENT = [fault.happen for fault in FAULTS.values() if fault.survivable]


class Chaos:
    """A rule for a wire, which draws by its seed what befalls each call. `calm` ends it."""

    def __init__(self, seed: object) -> None:
        self._random = random.Random(f"{seed}")
        self._lock = threading.Lock()
        self.calm = False

    def __call__(self, call: Call) -> Callable[[Call], Answer] | None:
        with self._lock:
            if self.calm:
                return None
            if call.operation in SLOW and self._random.random() < HELD:
                return hold(self._random.uniform(0.0, LONGEST))
            return self._random.choice(TRANSIENT) if self._random.random() < LOST else None


def kill_jvm(endpoint_pid: int, choose: Callable[[list[Any]], Any]) -> int | None:
    """Kills one of the endpoint's JVMs; its process id, or None where there is none."""
    try:
        children = psutil.Process(endpoint_pid).children(recursive=True)
        found = [process for process in children if process.name() == "java"]
        if not found:
            return None
        victim = choose(found)
        victim.kill()
    except psutil.NoSuchProcess:
        return None
    return int(victim.pid)
