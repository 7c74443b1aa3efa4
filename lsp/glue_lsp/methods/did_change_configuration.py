"""`workspace/didChangeConfiguration`: new settings, without a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.configuration import SECTION, read_editor_settings

if TYPE_CHECKING:
    from glue_lsp.server import GlueServer

METHOD = types.WORKSPACE_DID_CHANGE_CONFIGURATION


async def handle(ls: GlueServer, params: types.DidChangeConfigurationParams) -> None:
    """Effect: the settings are in force, and the projects are judged by them."""
    if ls.session.client.configuration:
        await fetch_settings(ls)
    elif params.settings is not None:
        use_settings(ls, params.settings)


async def fetch_settings(ls: GlueServer) -> None:
    """Ask the client for its settings; a client that has none of ours changes nothing."""
    items = [types.ConfigurationItem(section=SECTION)]
    answer = await ls.workspace_configuration_async(types.ConfigurationParams(items))
    if answer and isinstance(answer[0], dict):
        use_settings(ls, answer[0])


def use_settings(ls: GlueServer, data: object) -> None:
    """Put settings into force."""
    editor, problems = read_editor_settings(data)
    for problem in problems:
        ls.tell(problem)
    if editor != ls.session.editor:
        ls.session.editor = editor
        ls.session.reload()
