"""The flow analysis of a module with some libraries: both worlds, then what needs the whole picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.flow.core.interpreter import GaveUp, Interpreter
from glue_compiler.flow.core.record import Recorder
from glue_compiler.names.worlds import WORLDS

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.interpretation import Module
    from glue_compiler.flow.core.library import Libraries


def interpreted(
    module: Module, model: cst.FunctionDef, libraries: Libraries, *, two_worlds: bool
) -> FlowFacts:
    """The facts about frames of a model; empty and not `complete` when it is too large."""
    recorder = Recorder()
    try:
        for world in WORLDS if two_worlds else WORLDS[:1]:
            recorder.world = world
            Interpreter(module, recorder, world, libraries).run(model)
    except GaveUp:
        return FlowFacts(complete=False)
    for add_facts in libraries.afterwards:
        add_facts(module.scopes, recorder)
    return recorder.result(both_worlds=not two_worlds, complete=True)
