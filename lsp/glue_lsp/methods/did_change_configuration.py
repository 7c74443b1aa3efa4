"""`workspace/didChangeConfiguration`: new settings, without a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.session.configuration import SECTION, read_editor_settings, read_section
from glue_lsp.text.positions import uri_of

if TYPE_CHECKING:
    from pathlib import Path

    from glue_lsp.client.connection import Connection

METHOD = types.WORKSPACE_DID_CHANGE_CONFIGURATION


async def handle(ls: Connection, params: types.DidChangeConfigurationParams) -> None:
    """Effect: the settings are in force, and the projects are judged by them."""
    if ls.session.client.configuration:
        await fetch_settings(ls)
        return
    section = read_section(params.settings)
    if section is not None:
        use_settings(ls, section)


async def fetch_settings(ls: Connection) -> None:
    """Ask the client for its settings, in general and for each project; what it does not have stays."""
    roots = [root.path for root in ls.session.roots if root.path is not None]
    items = [types.ConfigurationItem(section=SECTION)]
    items += [types.ConfigurationItem(uri_of(root), SECTION) for root in roots]
    answers = await ls.workspace_configuration_async(types.ConfigurationParams(items))
    for root, answer in zip((None, *roots), answers or (), strict=False):
        if isinstance(answer, dict):
            use_settings(ls, answer, root)


def use_settings(ls: Connection, data: object, root: Path | None = None) -> None:
    """Put settings into force for a project, or for all that have none of their own."""
    editor, problems = read_editor_settings(data)
    for problem in problems:
        ls.tell(problem)
    session = ls.session
    if editor == session.editor_of(root):
        return
    if root is None:
        session.editor = editor
    else:
        session.editors[root] = editor
    session.reload()
