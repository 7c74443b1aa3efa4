"""The server: one connection, and the table of the methods that it serves."""

from __future__ import annotations

from glue_lsp.client.connection import Connection
from glue_lsp.methods import (
    code_action,
    code_action_resolve,
    code_lens,
    completion,
    completion_resolve,
    definition,
    did_change,
    did_change_configuration,
    did_change_watched_files,
    did_change_workspace_folders,
    did_close,
    did_open,
    did_save,
    document_highlight,
    document_link,
    document_symbol,
    execute_command,
    hover,
    initialize,
    initialized,
    inlay_hint,
    plan,
    prepare_rename,
    program,
    references,
    rename,
    schemas,
    session_commands,
    shutdown,
    signature_help,
    trust,
    workspace_symbol,
)
from glue_lsp.wire.transport import serve

LIFE = (
    initialize,
    initialized,
    shutdown,
    did_open,
    did_change,
    did_save,
    did_close,
    did_change_configuration,
    did_change_watched_files,
    did_change_workspace_folders,
    trust,
)
"""The methods that follow the client's life: handled when they come, in their order."""

REQUESTS = (
    code_action,
    code_action_resolve,
    completion,
    completion_resolve,
    hover,
    definition,
    references,
    document_highlight,
    document_link,
    document_symbol,
    workspace_symbol,
    signature_help,
    inlay_hint,
    code_lens,
    prepare_rename,
    rename,
    program,
    plan,
    schemas,
)
"""The methods that answer from documents and projects, one at a time (`session.requests`)."""


class GlueServer(Connection):
    """A language server for the Python models of dbt projects on AWS Glue."""

    def __init__(self) -> None:
        super().__init__()
        for method in LIFE:
            self.register(method)
        for method in REQUESTS:
            self.register(method, queue=True)
        for commands in (execute_command.COMMANDS, session_commands.COMMANDS):
            for name, handler in commands.items():
                self.register_command(name, handler)


def serve_stdio() -> None:
    """Serve one client on standard input and output, until it leaves."""
    serve(GlueServer())


def serve_tcp(host: str, port: int) -> None:
    """Serve one client that connects to a port, for debugging."""
    GlueServer().start_tcp(host, port)
