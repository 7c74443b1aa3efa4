"""`dbtGlue/plan`: what is rewritten in a model and what is not, and why, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_lsp.session.previews import preview_of
from glue_lsp.session.requests import uri_in
from glue_lsp.wire.markup import harmless

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = "dbtGlue/plan"


def handle(ls: Connection, params: Any) -> dict[str, Any]:
    """The plan as a table in Markdown, and as JSON.

    Raises:
        JsonRpcInvalidParams: when there is no plan; the message says why.
    """
    from glue_compiler.plan.report import plan_markdown

    snapshot = ls.session.snapshot(uri_in(params) or "")
    name, found = preview_of(snapshot, getattr(params, "mode", None))
    return {"markdown": harmless(plan_markdown(found.plan, name)), "plan": found.plan.to_dict()}
