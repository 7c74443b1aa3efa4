"""Spark's job groups as the endpoint sees them: a statement's progress, tasks that do not end."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError

if TYPE_CHECKING:
    from dbt.adapters.glue.endpoint.jvm import SparkHost

logger = logging.getLogger(__name__)

STUCK_AFTER = 120.0
"""Seconds after which tasks of a cancelled statement that hold every core cost the JVM its life."""

_JOBS_LOOKED_AT = 5
_INTERVAL = 0.5


class JobGroups:
    """Looks at job groups through the host's status tracker."""

    def __init__(self, host: SparkHost, stuck_after: float = STUCK_AFTER) -> None:
        self._host = host
        self._stuck_after = stuck_after
        self._looked: dict[str, float] = {}

    def progress(self, group: str, before: float) -> float:
        """The share of tasks done in the group's latest jobs, 0.0 to below 1.0.

        Asks Spark at most twice a second; else, and if there is no job yet, returns `before`.
        """
        now = time.monotonic()
        if now - self._looked.setdefault(group, now) < _INTERVAL or not self._host.alive:
            return before
        self._looked = {group: now} if len(self._looked) > 100 else {**self._looked, group: now}
        try:
            done, total, _ = self._tasks(group)
        except (Py4JError, OSError):
            return before
        return min(0.99, done / total) if total else before

    def see_ended(self, group: str) -> None:
        """Cancel what a cancelled or dead statement left running in Spark.

        Tasks are asked to end, but some never look (a huge range being written). If they keep
        every core busy, no session can work any more: then the JVM is killed, the last resort.
        """
        if self._host.alive:
            threading.Thread(
                target=self._see_ended, args=(group,), name="cancelled-jobs", daemon=True
            ).start()

    def _see_ended(self, group: str) -> None:
        deadline = time.monotonic() + self._stuck_after
        pause = threading.Event()
        try:
            while self._host.alive:
                self._host.context.cancelJobGroup(group)
                active = self._tasks(group)[2]
                if active == 0:
                    return
                if time.monotonic() > deadline:
                    break
                pause.wait(1.0)
            else:
                return
        except (Py4JError, OSError):
            return  # the JVM has ended
        if active >= self._host.cores:
            self._host.kill(
                f"Tasks of a cancelled statement kept all {active} cores of Spark busy for "
                f"{self._stuck_after:.0f} seconds and could not be ended; Spark was ended "
                "instead, and all sessions with it"
            )
        logger.warning("%d tasks of a cancelled statement do not end", active)

    def _tasks(self, group: str) -> tuple[int, int, int]:
        """Tasks of the group's latest jobs: completed, all, active now."""
        tracker = self._host.context.statusTracker()
        done = total = active = 0
        for job in sorted(tracker.getJobIdsForGroup(group), reverse=True)[:_JOBS_LOOKED_AT]:
            info = tracker.getJobInfo(job)
            if info.isEmpty():
                continue
            for stage in info.get().stageIds():
                found = tracker.getStageInfo(stage)
                if not found.isEmpty():
                    done += found.get().numCompletedTasks()
                    total += found.get().numTasks()
                    active += found.get().numActiveTasks()
        return done, total, active
