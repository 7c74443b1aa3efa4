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
    from glue_compiler.flow.core.record import Found


def interpreted(
    module: Module, model: cst.FunctionDef, libraries: Libraries, *, two_worlds: bool
) -> FlowFacts:
    """The facts about frames of a model; empty and not `complete` when it is too large."""

    def run(recorder: Recorder, world: World) -> None:
        Interpreter(module, recorder, world, libraries).run(model)

    found = found_in_runs(run, Recorder(), module, libraries, two_worlds=two_worlds)
    return FlowFacts(complete=False) if found is None else found.facts()


def found_in_runs(
    run: Callable[[Recorder, World], None],
    recorder: Recorder,
    module: Module,
    libraries: Libraries,
    *,
    two_worlds: bool,
) -> Found | None:
    """The facts that runs of a model in each of its worlds note; None when `run` raises GaveUp."""
    try:
        for world in WORLDS if two_worlds else WORLDS[:1]:
            recorder.world = world
            run(recorder, world)
    except GaveUp:
        return None
    for add_facts in libraries.afterwards:
        add_facts(module.scopes, recorder)
    return recorder.found(both_worlds=not two_worlds)
