"""The flow analysis of a module: both worlds, then what needs the whole picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.flow.core.caching import cache_uses
from glue_compiler.flow.core.interpreter import GaveUp, Interpreter
from glue_compiler.flow.core.record import Recorder
from glue_compiler.names.worlds import WORLDS

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.flow.core.values import Value
    from glue_compiler.names.assigned import NameFlow
    from glue_compiler.names.scopes import Scopes
    from glue_compiler.names.worlds import Worlds


def flow_facts(
    scopes: Scopes,
    worlds: Worlds,
    names: NameFlow,
    model: cst.FunctionDef,
    options: AnalysisOptions,
    two_worlds: bool,
) -> FlowFacts:
    """The facts about frames of a model; empty and not `complete` when it is too large."""
    recorder = Recorder()
    literals: dict[cst.CSTNode, Value] = {}
    try:
        for world in WORLDS if two_worlds else WORLDS[:1]:
            recorder.world = world
            Interpreter(scopes, worlds, names, recorder, world, options.versions, literals).run(
                model
            )
    except GaveUp:
        return FlowFacts(complete=False)
    cache_uses(scopes, recorder)
    return recorder.result(both_worlds=not two_worlds, complete=True)
