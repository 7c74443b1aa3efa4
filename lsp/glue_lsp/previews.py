"""The program and plan of the model that a view shows, as the workspace makes them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from pygls.exceptions import JsonRpcInvalidParams

if TYPE_CHECKING:
    from glue_compiler.plan.preview import PlannedProgram

    from glue_lsp.views import View

Mode = Literal["incremental", "fullRefresh"]


def preview_of(view: View | None, mode: object = None) -> tuple[str, PlannedProgram]:
    """The name of the model and its program; while the text is broken, that of the last whole one.

    Raises:
        JsonRpcInvalidParams: when there is no model, or nothing can be compiled; the message says why.
    """
    if mode not in (None, "incremental", "fullRefresh"):
        raise JsonRpcInvalidParams(f"mode is `incremental` or `fullRefresh`, not {mode!r}")
    if view is None:
        raise JsonRpcInvalidParams("the document is no open Python model of a dbt project")
    analysis = view.good if view.broken else view.analysis
    if analysis is None:
        errors = view.facts.syntax_errors
        told = errors[0].message if errors else "it cannot be read"
        raise JsonRpcInvalidParams(f"the model is not Python at the moment: {told}")
    try:
        found = view.workspace.program(
            view.path, analysis.source, incremental=mode == "incremental"
        )
    except ValueError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    node = None if view.project is None or view.path is None else view.project.node_at(view.path)
    return PurePosixPath(view.path or "model.py").stem if node is None else node.name, found
