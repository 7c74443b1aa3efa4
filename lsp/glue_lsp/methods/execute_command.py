"""`workspace/executeCommand`: what the client's user asks for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

EXPLAIN = "dbt-glue.explainRule"


async def explain_rule(ls: GlueServer, code: str, url: str) -> str:
    """The text of a rule, which is also shown: as its page, or else as a message."""
    from glue_compiler.rules import rule

    found = rule(code)
    text = f"{found.code} {found.name}: {found.summary}\n{found.why.strip()}\n{found.fix.strip()}"
    if ls.session.client.show_document:
        await ls.window_show_document_async(types.ShowDocumentParams(url, external=True))
    else:
        ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))
    return text


COMMANDS = {EXPLAIN: explain_rule}
