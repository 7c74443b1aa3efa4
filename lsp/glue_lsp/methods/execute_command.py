"""`workspace/executeCommand`: what the client's user asks for by name."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from glue_lsp.session.previews import preview_of
from glue_lsp.text.positions import uri_of
from glue_lsp.wire.markup import harmless

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from glue_lsp.client.connection import Connection

EXPLAIN = "dbt-glue.explainRule"
SHOW_PROGRAM = "dbtGlue.showProgram"
SHOW_WIRE = "dbtGlue.showWireProgram"
SHOW_PLAN = "dbtGlue.showPlan"
RUN = "dbtGlue.runModel"
VALIDATE = "dbtGlue.validateModel"

_FOLDER = "preview"


async def explain_rule(ls: Connection, code: str, url: str) -> str:
    """The text of a rule, which is also shown: as its page, or else as a message."""
    from glue_compiler.rules import rule

    found = rule(code)
    text = f"{found.code} {found.name}: {found.summary}\n{found.why.strip()}\n{found.fix.strip()}"
    if ls.session.client.show_document:
        await ls.window_show_document_async(types.ShowDocumentParams(url, external=True))
    else:
        ls.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))
    return text


async def show_program(ls: Connection, uri: str) -> str:
    """The program of a model, which is also shown where the client can show a file."""

    def text() -> tuple[str, str]:
        name, found = preview_of(ls.session.snapshot(uri))
        return f"{name}.program.py", found.readable

    return await _show_text(ls, uri, *await ls.requests.run(uri, text, ls.session.version_of(uri)))


async def show_wire(ls: Connection, uri: str) -> str:
    """The program of a model as it is sent to a session, which is also shown where the client can show a file."""

    def text() -> tuple[str, str]:
        name, found = preview_of(ls.session.snapshot(uri))
        return f"{name}.wire.py", found.text

    return await _show_text(ls, uri, *await ls.requests.run(uri, text, ls.session.version_of(uri)))


async def show_plan(ls: Connection, uri: str) -> str:
    """The plan of a model as Markdown, which is also shown where the client can show a file."""
    from glue_compiler.plan.report import plan_markdown

    def text() -> tuple[str, str]:
        name, found = preview_of(ls.session.snapshot(uri))
        return f"{name}.plan.md", harmless(plan_markdown(found.plan, name))

    return await _show_text(ls, uri, *await ls.requests.run(uri, text, ls.session.version_of(uri)))


async def run_model(ls: Connection, uri: str) -> dict[str, Any]:
    """The command line that runs a model, and the folder to run it in; the server runs no dbt.

    Raises:
        JsonRpcInvalidParams: when the document is no model of a project.
    """

    def line() -> dict[str, Any]:
        snapshot = ls.session.snapshot(uri)
        project = None if snapshot is None else snapshot.project
        if snapshot is None or snapshot.path is None or project is None:
            raise JsonRpcInvalidParams("the document is no open Python model of a dbt project")
        node = project.node_at(snapshot.path)
        name = snapshot.path.rpartition("/")[2].removesuffix(".py") if node is None else node.name
        if node is not None and node.version is not None:
            name += f".v{node.version}"
        command = shlex.join(["dbt", "run", "--select", name])
        return {"command": command, "cwd": str(snapshot.root)}

    return await ls.requests.run(uri, line, ls.session.version_of(uri))


async def _show_text(ls: Connection, uri: str, name: str, text: str) -> str:
    """Show a text as a file of the project's cache folder, for clients without virtual documents."""
    from glue_compiler.project.load import CACHE_FOLDER
    from glue_compiler.project.tree import make_cache_folder

    document = ls.session.documents.get(uri)
    root = None if document is None else ls.session.root_of(document.path).path
    if root is None or not ls.session.client.show_document:
        return text
    try:
        make_cache_folder(root / CACHE_FOLDER)
        file = root / CACHE_FOLDER / _FOLDER / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        ls.log(f"{name} cannot be shown: {error}", types.MessageType.Warning)
    else:
        await ls.window_show_document_async(types.ShowDocumentParams(uri_of(file), take_focus=True))
    return text


COMMANDS: dict[str, Callable[..., Awaitable[Any]]] = {
    EXPLAIN: explain_rule,
    SHOW_PROGRAM: show_program,
    SHOW_WIRE: show_wire,
    SHOW_PLAN: show_plan,
    RUN: run_model,
}
