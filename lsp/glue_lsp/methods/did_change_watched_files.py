"""`workspace/didChangeWatchedFiles`: something on disk changed, by dbt, git or another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.project.profiles import PROFILES
from lsprotocol import types

from glue_lsp.text.positions import path_of

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.WORKSPACE_DID_CHANGE_WATCHED_FILES

_MODELS = (".py", ".sql")
_OURS = (".dbt_glue_cache", ".dbt-glue", ".git", ".venv")


def handle(ls: Connection, params: types.DidChangeWatchedFilesParams) -> None:
    """Effect: the projects of the changed files are read again.

    A client may tell of files that are another server's: VS Code watches all folders of its window
    for each of them. Their projects are not met here, or every problem would be reported twice.
    """
    paths = [path for path in (path_of(event.uri) for event in params.changes) if path is not None]
    paths = [path for path in paths if not set(_OURS) & set(path.parts)]
    if any(path.name == "dbt_project.yml" for path in paths):
        ls.session.forget_places()
        ls.publisher.refresh()
    if any(path.name == PROFILES for path in paths):
        ls.session.reload()
        return
    ours = [path for path in paths if ls.session.concerns(path)]
    for root in {ls.session.root_of(path) for path in ours}:
        root.reload()
    if any(path.suffix in _MODELS for path in ours):
        # What a model returns is known of its text, which the project itself does not keep.
        ls.publisher.refresh()
