"""The flow analysis of a module with some libraries: both worlds, then what needs the whole picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.flow.core.interpreter import GaveUp, Interpreter
from glue_compiler.flow.core.record import Recorder
from glue_compiler.names.worlds import WORLDS

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.interpretation import Module
    from glue_compiler.flow.core.library import Libraries


def interpreted(
    module: Module, model: cst.FunctionDef, libraries: Libraries, *, two_worlds: bool
) -> FlowFacts:
    """The facts about frames of a model; empty and not `complete` when it is too large."""

    def run(recorder: Recorder, world: World) -> None:
        Interpreter(module, recorder, world, libraries).run(model)

    return facts_of_runs(run, Recorder(), module, libraries, two_worlds=two_worlds)


def facts_of_runs(
    run: Callable[[Recorder, World], None],
    recorder: Recorder,
    module: Module,
    libraries: Libraries,
    *,
    two_worlds: bool,
) -> FlowFacts:
    """The facts that runs of a model in each of its worlds note; `run` raises GaveUp for one that is too large."""
    try:
        for world in WORLDS if two_worlds else WORLDS[:1]:
            recorder.world = world
            run(recorder, world)
    except GaveUp:
        return FlowFacts(complete=False)
    for add_facts in libraries.afterwards:
        add_facts(module.scopes, recorder)
    return recorder.result(both_worlds=not two_worlds, complete=True)
