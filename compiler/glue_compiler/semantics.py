"""From a tree to facts: scopes, declarations, the dbt surface, names, flow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from glue_compiler.facts.frames import FlowFacts
from glue_compiler.flow.core.interpretation import Module
from glue_compiler.flow.run import flow_facts
from glue_compiler.names.assigned import NameFlow
from glue_compiler.names.bind import DbtBinding
from glue_compiler.names.declarations import Declarations
from glue_compiler.names.scope_builder import scopes_of
from glue_compiler.names.surface import Surface
from glue_compiler.names.undefined import undefined_names
from glue_compiler.names.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.names.assigned_record import NameMemory
    from glue_compiler.names.scopes import Scopes
    from glue_compiler.text.source import Span
    from glue_compiler.tree.syntax import Tree


def facts_of_tree(
    tree: Tree, visible: frozenset[Span] | None, facts: ModelFacts, options: AnalysisOptions
) -> ModelFacts:
    """The facts with everything that the tree tells.

    `visible` are the spans of the calls that dbt-core sees, None when that is not known.
    """
    return facts_of_scopes(scopes_of(tree), visible, facts, options)


def facts_of_scopes(
    scopes: Scopes,
    visible: frozenset[Span] | None,
    facts: ModelFacts,
    options: AnalysisOptions,
    interpreted: Callable[[Module, cst.FunctionDef, bool], FlowFacts] = flow_facts,
    memory: NameMemory | None = None,
) -> ModelFacts:
    """The facts with everything that the tree of some scopes tells; see `facts_of_tree`.

    `interpreted` gives the facts about frames of a module's model, in both worlds where there are two;
    `memory` is what the pass over the names found in the version before.
    """
    declarations = Declarations(scopes, memory)
    binding = DbtBinding(scopes, declarations.model_nodes)
    worlds = Worlds(binding)
    two_worlds = binding.mentions_incremental()
    names = NameFlow(scopes, worlds, two_worlds, memory)
    surface = Surface(scopes, binding, visible, names.worlds_of)
    uses = surface.uses()
    model = declarations.chosen_node
    session_parameter = _second_parameter(model)
    flow = FlowFacts()
    if model is not None:
        flow = interpreted(Module(scopes, worlds, options.versions), model, two_worlds)
    return replace(
        facts,
        analysed="full",
        functions=declarations.functions,
        models=declarations.models,
        model=declarations.model,
        bindings=declarations.bindings,
        imports=declarations.imports,
        star_import=scopes.star_import,
        dbt_uses=uses,
        dbt_escapes=surface.escapes,
        flow=flow,
        undefined_names=undefined_names(scopes, session_parameter),
        unbound_names=names.unbound_names(),
        falls_through=() if model is None else names.falls_through(model),
    )


def _second_parameter(model: cst.FunctionDef | None) -> str | None:
    if model is None:
        return None
    params = [*model.params.posonly_params, *model.params.params]
    return params[1].name.value if len(params) > 1 else None
