"""The flow analysis of the versions of a text: statements whose surroundings are as they were are not run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core.run import found_in_runs
from glue_compiler.flow.run import LIBRARIES
from glue_compiler.incremental.flow_memory import FlowMemory, LastRun
from glue_compiler.incremental.memos import LoggingRecorder
from glue_compiler.incremental.run import LiveRun
from glue_compiler.names.worlds import WORLDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst

    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.interpretation import Module
    from glue_compiler.flow.core.record import Found, Recorder


class LiveFlow:
    """The flow through the versions of a text."""

    def __init__(self) -> None:
        self._memory = FlowMemory()

    def close(self) -> None:
        """Forget all versions."""
        self._memory.close()

    def found(
        self,
        module: Module,
        model: cst.FunctionDef,
        versions: Mapping[cst.CSTNode, object],
        replaced: Mapping[cst.CSTNode, cst.CSTNode],
        *,
        two_worlds: bool,
    ) -> Found | None:
        """What is found about frames in a version; None when the model is too large.

        `versions` are objects that stand for the bodies of functions as they are, `replaced` the statements
        of the version before in whose places others are now.
        """
        memory = self._memory
        memory.begin(versions, replaced)
        recorder = LoggingRecorder(memory.book)

        def run(_recorder: Recorder, world: World) -> None:
            one = LiveRun(memory, module, recorder, world)
            memory.last[world] = one.now
            one.run(model)

        found = found_in_runs(run, recorder, module, LIBRARIES, two_worlds=two_worlds)
        if not two_worlds:
            memory.last[WORLDS[1]] = LastRun()
        memory.tidy()
        return found
