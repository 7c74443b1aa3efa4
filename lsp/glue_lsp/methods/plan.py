"""`dbtGlue/plan`: what is rewritten in a model and what is not, and why, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_lsp.previews import preview_of
from glue_lsp.requests import uri_in

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = "dbtGlue/plan"


def handle(ls: GlueServer, params: Any) -> dict[str, Any]:
    """The plan as a table in Markdown, and as JSON.

    Raises:
        JsonRpcInvalidParams: when there is no plan; the message says why.
    """
    from glue_compiler.plan.report import plan_markdown

    view = ls.session.view(uri_in(params) or "")
    name, found = preview_of(view, getattr(params, "mode", None))
    return {"markdown": plan_markdown(found.plan, name), "plan": found.plan.to_dict()}
