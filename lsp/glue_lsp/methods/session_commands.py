"""`workspace/executeCommand`: what is done in a session, in a process of its own and only in a trusted workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_lsp.methods.execute_command import VALIDATE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from glue_lsp.client.connection import Connection


async def validate_model(ls: Connection, uri: str) -> dict[str, Any]:
    """The columns that a model returns, as Spark sees them; what is wrong becomes diagnostics."""
    return await ls.validator.validate(uri)


async def refresh_schemas(ls: Connection, uri: str | None = None) -> dict[str, Any]:
    """Read the real schemas of what a model reads, or of every project, from the Data Catalog."""
    return await ls.validator.refresh_schemas(uri)


async def start_session(ls: Connection, uri: str | None = None) -> dict[str, Any]:
    """Start the session of a project; on AWS it costs money from then on."""
    return await ls.validator.session("start", uri)


async def stop_session(ls: Connection, uri: str | None = None) -> dict[str, Any]:
    """Stop the session of a project."""
    return await ls.validator.session("stop", uri)


async def restart_session(ls: Connection, uri: str | None = None) -> dict[str, Any]:
    """Stop the session of a project and start another one."""
    return await ls.validator.session("restart", uri)


COMMANDS: dict[str, Callable[..., Awaitable[Any]]] = {
    VALIDATE: validate_model,
    "dbtGlue.refreshSchemas": refresh_schemas,
    "dbtGlue.startSession": start_session,
    "dbtGlue.stopSession": stop_session,
    "dbtGlue.restartSession": restart_session,
}
