"""The program and plan of a model, as the workspace makes them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from pygls.exceptions import JsonRpcInvalidParams

if TYPE_CHECKING:
    from glue_compiler.plan.preview import PlannedProgram

    from glue_lsp.session.snapshot import Snapshot

Mode = Literal["incremental", "fullRefresh"]


def preview_of(snapshot: Snapshot | None, mode: object = None) -> tuple[str, PlannedProgram]:
    """The name of the model and its program; while the text is broken, that of the last whole one.

    Raises:
        JsonRpcInvalidParams: when there is no model, or nothing can be compiled; the message says why.
    """
    if mode not in (None, "incremental", "fullRefresh"):
        raise JsonRpcInvalidParams(f"mode is `incremental` or `fullRefresh`, not {mode!r}")
    if snapshot is None:
        raise JsonRpcInvalidParams("the document is no open Python model of a dbt project")
    analysis = snapshot.good if snapshot.broken else snapshot.analysis
    if analysis is None:
        errors = snapshot.facts.syntax_errors
        told = errors[0].message if errors else "it cannot be read"
        raise JsonRpcInvalidParams(f"the model is not Python at the moment: {told}")
    try:
        found = snapshot.workspace.program(
            snapshot.path, analysis.source, incremental=mode == "incremental"
        )
    except ValueError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    node = snapshot.node
    return PurePosixPath(snapshot.path or "model.py").stem if node is None else node.name, found
