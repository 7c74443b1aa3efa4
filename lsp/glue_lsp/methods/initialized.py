"""`initialized`: ask for settings and file events, read the projects, warm up what is slow at first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from glue_lsp.client.warm_up import warm_up, warm_up_questions
from glue_lsp.methods.did_change_configuration import fetch_settings
from glue_lsp.session.configuration import SECTION
from glue_lsp.text.positions import uri_of

if TYPE_CHECKING:
    from glue_lsp.client.connection import Connection

METHOD = types.INITIALIZED

WATCHED = (
    "**/*.{py,sql,yml,yaml,csv}",
    "**/manifest.json",
    "**/.dbtignore",
    "**/dbt-glue.toml",
    "**/pyproject.toml",
)
"""What is watched in the client's folders; `profiles.yml` of the user's home comes to it."""


_LATER = 0.7


async def handle(ls: Connection, params: types.InitializedParams) -> None:  # noqa: ARG001
    """Effect: the session's projects are being read and the compiler is being imported."""
    session = ls.session
    for problem in session.problems:
        ls.tell(problem)
    ls.start(warm_up(ls.protocol._converter))
    # Not at once: findings come first, and the interpreter does one thing at a time.
    asyncio.get_running_loop().call_later(_LATER, _warm_up_later, ls)
    found = list(session.discover())
    if session.client.configuration:
        await fetch_settings(ls)
    for root in found:
        await root.ready()
    registrations = []
    if session.client.watch_files:
        options = types.DidChangeWatchedFilesRegistrationOptions(
            [types.FileSystemWatcher(glob) for glob in (*WATCHED, _profiles(ls))]
        )
        registrations.append(_registration(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if session.client.configuration_events:
        section = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        registrations.append(_registration(types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
    if registrations:
        try:
            await ls.client_register_capability_async(types.RegistrationParams(registrations))
        except JsonRpcException as error:
            ls.log(f"the client watches no files for us; saving still counts: {error}")
            session.client = replace(session.client, watch_files=False)


def _warm_up_later(ls: Connection) -> None:
    ls.start(warm_up_questions())


def _profiles(ls: Connection) -> str | types.RelativePattern:
    """The profiles.yml that is in none of the client's folders."""
    from glue_compiler.project.profiles import profiles_places

    path = profiles_places(Path())[-1]
    if ls.session.client.watch_outside:
        return types.RelativePattern(uri_of(path.parent), path.name)
    return path.as_posix()


def _registration(method: str, options: object) -> types.Registration:
    return types.Registration(f"dbt-glue/{method}", method, options)
