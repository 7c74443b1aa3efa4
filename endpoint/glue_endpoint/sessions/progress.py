"""Spark's job groups as the endpoint sees them: a statement's progress, tasks that do not end."""

from __future__ import annotations

import logging
import re
import threading
import time
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError

if TYPE_CHECKING:
    from glue_endpoint.spark.host import SparkHost

logger = logging.getLogger(__name__)

STOP_AFTER = 4.0
"""Seconds that tasks of a cancelled statement have to notice it before their threads are stopped.

Longer than spark.python.task.killTimeout (2 s), after which Spark itself ends a Python UDF's process.
"""

STOP_AGAIN_AFTER = 10.0
"""Seconds after which the thread of a task is stopped once more that is still at work: its clean-up has had its time."""

STUCK_AFTER = 120.0
"""Seconds after which tasks of a cancelled statement that hold every core cost the JVM its life."""

_JOBS_LOOKED_AT = 5
_INTERVAL = 0.5
TASK_THREAD = re.compile(r"in stage (?P<stage>\d+)\.\d+ \(TID (?P<id>\d+)\)")
"""The name that Spark gives a thread when it runs a task (Executor.scala, TaskRunner); in the pool it keeps the name."""
_TASK_CLASS = "org.apache.spark.executor.Executor$TaskRunner"
_OUTERMOST = 5
"""Frames of a thread's stack among which that class is while the thread is at work."""


class JobGroups:
    """Looks at job groups through the host's status tracker."""

    def __init__(self, host: SparkHost, stuck_after: float = STUCK_AFTER) -> None:
        self._host = host
        self._stuck_after = stuck_after
        self._looked: dict[str, float] = {}
        self._stopped: dict[int, float] = {}

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
        """End what a cancelled or dead statement left running in Spark.

        Tasks are asked to end, but some never look: Spark's generated code for a range that is
        written as it is leaves its loop before the check. Then their threads are stopped. Tasks
        that keep every core busy even so would let no session work any more: the JVM is killed,
        the last resort.
        """
        if self._host.alive:
            threading.Thread(
                target=self._see_ended, args=(group,), name="cancelled-jobs", daemon=True
            ).start()

    def _see_ended(self, group: str) -> None:
        began = time.monotonic()
        pause = threading.Event()
        try:
            while self._host.alive:
                self._host.context.cancelJobGroup(group)
                active = self._tasks(group)[2]
                waited = time.monotonic() - began
                at_work = self.at_work(group) if active == 0 or waited > STOP_AFTER else {}
                if active == 0 and not at_work:
                    return
                active = max(active, len(at_work))
                if waited > self._stuck_after:
                    break
                self._stop(at_work if waited > STOP_AFTER else {})
                pause.wait(0.5)
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

    def at_work(self, group: str) -> dict[int, Any]:
        """The threads that are at work on the group's tasks, by the ids of these: Spark may count none of them any more."""
        stages = {str(stage) for job in self._jobs(group) for stage in job.stageIds()}
        stacks = self._host.gateway.jvm.java.lang.Thread.getAllStackTraces()
        found = {}
        for thread in stacks.keySet():
            task = TASK_THREAD.search(thread.getName())
            if task and task["stage"] in stages:
                frames = stacks.get(thread)
                outermost = range(max(0, len(frames) - _OUTERMOST), len(frames))
                if any(frames[n].getClassName() == _TASK_CLASS for n in outermost):
                    found[int(task["id"])] = thread
        return found

    def _stop(self, threads: dict[int, Any]) -> None:
        """Thread.stop() for tasks, and not again while they may be cleaning up.

        Spark takes the ThreadDeath as the failure of a task (see killOnFatalError in jvm.py).
        """
        now = time.monotonic()
        for task, thread in threads.items():
            if now - self._stopped.get(task, float("-inf")) > STOP_AGAIN_AFTER:
                self._stopped[task] = now
                logger.warning("stopping the thread of a cancelled task: %s", thread.getName())
                thread.stop()

    def _jobs(self, group: str) -> list[Any]:
        """Spark's information on the group's latest jobs, the newest first."""
        tracker = self._host.context.statusTracker()
        newest = sorted(tracker.getJobIdsForGroup(group), reverse=True)[:_JOBS_LOOKED_AT]
        found = [tracker.getJobInfo(job) for job in newest]
        return [job.get() for job in found if not job.isEmpty()]

    def _tasks(self, group: str) -> tuple[int, int, int]:
        """Tasks of the group's latest jobs: completed, all, active now."""
        tracker = self._host.context.statusTracker()
        done = total = active = 0
        for job in self._jobs(group):
            for stage in job.stageIds():
                found = tracker.getStageInfo(stage)
                if not found.isEmpty():
                    done += found.get().numCompletedTasks()
                    total += found.get().numTasks()
                    active += found.get().numActiveTasks()
        return done, total, active
