"""How a session's DefaultArguments name things: lists with commas, and files on S3 or on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from glue_endpoint.errors import GlueError

if TYPE_CHECKING:
    from glue_endpoint.buckets import Buckets


class EnvironmentUnavailable(Exception):
    """The session asks for something that this machine does not have; the message names it."""


def list_entries(text: str) -> list[str]:
    """The entries of a list with commas, of which `a>=1,<2` and `a[b,c]` are one each."""
    entries: list[str] = []
    for part in map(str.strip, text.split(",")):
        continued = entries and (
            part.startswith(tuple("<>=!~")) or entries[-1].count("[") > entries[-1].count("]")
        )
        if continued:
            entries[-1] += f",{part}"
        elif part:
            entries.append(part)
    return entries


def local_path(location: str, buckets: Buckets, argument: str) -> Path:
    """Where an s3:// location or a local path is on this machine. Raises EnvironmentUnavailable."""
    if "://" not in location:
        return Path(location).expanduser().resolve()
    try:
        return buckets.path(location)
    except GlueError as error:
        raise EnvironmentUnavailable(f"{argument}: {error.message}") from error
