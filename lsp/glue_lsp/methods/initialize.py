"""`initialize`: who the client is, what it can do, which folders it has open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from lsprotocol import types

from glue_lsp.methods import diagnostic, workspace_diagnostic
from glue_lsp.session.capabilities import ClientFeatures
from glue_lsp.session.configuration import lens_commands, read_editor_settings
from glue_lsp.text.positions import path_of

if TYPE_CHECKING:
    from glue_compiler.text.source import PositionEncoding

    from glue_lsp.client.connection import Connection

METHOD = types.INITIALIZE


def handle(ls: Connection, params: types.InitializeParams) -> None:
    """Effect: the session knows its client; methods that depend on it are registered."""
    session = ls.session
    session.client = ClientFeatures.of(params.capabilities)
    session.encoding = cast("PositionEncoding", _text(ls.workspace.position_encoding))
    session.editor, problems = read_editor_settings(params.initialization_options)
    session.problems.extend(problems)
    session.lens_commands = lens_commands(params.initialization_options)
    session.folders = _folders(params)
    options = params.initialization_options
    ls.validator.trusted = isinstance(options, dict) and options.get("trusted") is True
    if session.client.pull_diagnostics:
        ls.register(diagnostic)
        ls.register(workspace_diagnostic)


def _folders(params: types.InitializeParams) -> list[Path]:
    uris = [folder.uri for folder in params.workspace_folders or ()]
    if not uris and params.root_uri:
        uris = [params.root_uri]
    found = [path for path in map(path_of, uris) if path is not None]
    if not found and params.root_path:
        found = [Path(params.root_path)]
    return found


def _text(encoding: object) -> str:
    return str(encoding.value if isinstance(encoding, types.PositionEncodingKind) else encoding)
