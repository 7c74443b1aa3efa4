"""The folders that hold the versions of tables: whose each is, which run makes it, and when it was begun."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timezone
from typing import NamedTuple

__all__ = [
    "MARKS",
    "VERSION",
    "Version",
    "VersionName",
    "bare",
    "beside",
    "join_location",
    "mark_of",
    "new_version",
    "owner_hash",
    "token_of",
    "version_name",
    "version_of",
]

VERSION = re.compile(
    r"v(?P<made>\d{8}T\d{6})_(?P<token>[0-9a-f]{8})(_(?P<owner>[0-9a-f]{8})_(?P<run>[rk][0-9a-f]{8}))?"
)
"""`v20261122T133045_ab12cd34_9f8e7d6c_r01234567`: the time in UTC, a random part, owner and run. Older ones lack both."""

MARKS = "_dbt_glue_replaced"
"""The folder beside versions whose empty files tell, by their own times, when each was replaced. Readers of tables skip it."""

_MARK = re.compile(rf"(?P<version>{VERSION.pattern})(-(?P<claimed>[0-9a-f]{{8}}))?")
_BESIDE = "__dbt_glue"
_S3 = re.compile("s3[an]?://", re.IGNORECASE)

Version = tuple[str, str]
"""The folder that holds a table's versions, and the name of one."""


class VersionName(NamedTuple):
    """What a folder's name tells. `owner` and `run` are None in names of before there were owners."""

    name: str
    made: datetime
    owner: str | None
    run: str | None


def new_version(owner: str | None = None, run: str | None = None) -> str:
    """A name for the folder of a new version, by the hash of its owner and the word of the run that makes it."""
    now = datetime.now(timezone.utc)
    name = f"v{now:%Y%m%dT%H%M%S}_{secrets.token_hex(4)}"
    return name if owner is None or run is None else f"{name}_{owner}_{run}"


def version_name(name: str) -> VersionName | None:
    """What the name of a folder tells; None for one that is no version's."""
    found = VERSION.fullmatch(name)
    if found is None:
        return None
    try:
        made = datetime.strptime(f"{found['made']}+0000", "%Y%m%dT%H%M%S%z")
    except ValueError:  # such as a month 13: nobody of ours gave it
        return None
    return VersionName(name, made, found["owner"], found["run"])


def version_of(location: str | None) -> Version | None:
    """The version that a location is in, else None."""
    parts = (location or "").rstrip("/").split("/")
    for index in range(len(parts) - 1, 2, -1):
        if VERSION.fullmatch(parts[index]):
            return "/".join(parts[:index]), parts[index]
    return None


def token_of(location: str | None) -> str | None:
    """The random part of the name of the version that a location is in."""
    version = version_of(location)
    found = None if version is None else VERSION.fullmatch(version[1])
    return None if found is None else found["token"]


def owner_hash(catalog: str, database: str, table: str) -> str:
    """Eight hex digits for a table of a catalog: two catalogs that share a location have different ones."""
    return hashlib.sha256(f"{catalog}\n{database.lower()}.{table.lower()}".encode()).hexdigest()[:8]


def mark_of(version: str, owner: str) -> str:
    """The name of the mark of a replaced version. An older name says no owner: its mark does."""
    known = version_name(version)
    return version if known is None or known.owner is not None else f"{version}-{owner}"


def marked(mark: str) -> tuple[str, str | None] | None:
    """(version, owner) of a mark's name; None for what is none."""
    found = _MARK.fullmatch(mark)
    return None if found is None else (found["version"], found["owner"] or found["claimed"])


def bare(location: str) -> str:
    """A location as it is compared with others: S3's is the same by the scheme s3, s3a and s3n."""
    return _S3.sub("s3://", location.rstrip("/"), count=1)


def beside(root: str, live: str) -> str | None:
    """The folder for versions of a table whose data lies at `live`, which readers read with all that is below it.

    It is `root`, unless that is `live` or below it: then one beside `live`. None where there is no place beside it, at
    the root of a bucket.
    """
    live = live.rstrip("/")
    known, below = bare(live), bare(root)
    if not f"{below}/".startswith(f"{known}/"):
        return root
    if not live.partition("://")[2].partition("/")[2]:
        return None
    return f"{live}{_BESIDE}{below[len(known) :]}"


def join_location(*parts: str) -> str:
    """A location without a slash at its end, from parts with or without."""
    return "/".join(
        [parts[0].rstrip("/"), *(part.strip("/") for part in parts[1:] if part.strip("/"))]
    )
