"""The program and plan of the model that a view shows, as the compiler previews them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from pygls.exceptions import JsonRpcInvalidParams

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.plan.preview import Preview
    from glue_compiler.project.context import Node

    from glue_lsp.session.snapshot import View

Mode = Literal["incremental", "fullRefresh"]


def preview_of(view: View | None, mode: object = None) -> tuple[str, Preview]:
    """The name of the model and its preview; while the text is broken, that of the last whole one.

    Raises:
        JsonRpcInvalidParams: when there is no model, or nothing can be compiled; the message says why.
    """
    from glue_compiler.plan.preview import preview

    if mode not in (None, "incremental", "fullRefresh"):
        raise JsonRpcInvalidParams(f"mode is `incremental` or `fullRefresh`, not {mode!r}")
    if view is None:
        raise JsonRpcInvalidParams("the document is no open Python model of a dbt project")
    analysis = view.good if view.broken else view.analysis
    if analysis is None:
        errors = view.facts.syntax_errors
        told = errors[0].message if errors else "it cannot be read"
        raise JsonRpcInvalidParams(f"the model is not Python at the moment: {told}")
    path = PurePosixPath(view.path or "model.py")
    node = None if view.project is None or view.path is None else view.project.node_at(view.path)
    try:
        found = preview(
            analysis.facts,
            analysis.source.text,
            filename=path.as_posix(),
            stem=path.stem,
            project=view.project,
            node=None if node is None else _as_written(node, analysis.facts),
            incremental=mode == "incremental",
            glue_version=view.surroundings.settings.glue_version,
        )
    except ValueError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    return path.stem if node is None else node.name, found


def _as_written(node: Node, facts: ModelFacts) -> Node:
    """The node with the configs that the text sets now, which may not be saved yet."""
    own = {
        argument.name: argument.value
        for use in facts.uses("config")
        if use.called
        for argument in use.args
        if argument.name is not None and argument.literal is not None
    }
    return replace(node, config={**node.config, **own})
