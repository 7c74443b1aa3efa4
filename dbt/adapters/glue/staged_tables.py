"""The tables that are staged for others: their names, whose they are, which run makes each, and whether it is at work."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.sessions.runs import dead_runs
from dbt.adapters.glue.versions import version_name, version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from dbt.adapters.glue.catalog import DataCatalog, Table
    from dbt.adapters.glue.sessions.runs import Run

__all__ = [
    "ADDED",
    "MAKER",
    "OWNER",
    "STAGING",
    "STAGING_SUFFIXES",
    "Makers",
    "Name",
    "Seen",
    "check_owner",
    "comment_of_staged",
    "is_staged_name",
    "look",
    "new_token",
    "owner_of",
    "owner_properties",
    "staged_comment",
    "staged_name",
]

OWNER = "dbt_glue.staged_for"
"""The property of every staged table from its first moment: the table that it is to replace."""
MAKER = "dbt_glue.staged_by"
"""And the word of the run that makes it (sessions/runs.py)."""
STAGING = "__dbt_new"
STAGING_SUFFIXES = (STAGING, "__dbt_tmp")
ADDED = "__dbt_add"
"""How the names of tables end that hold rows to be added: none of these is staged to replace another one."""
NAME_LIMIT = 255
_STEM = 180
"""Letters of a name that are surely in that of what is staged for it, whatever comes behind them."""
_STAGED = re.compile(r"__dbt_(new|tmp)(_[0-9a-f]{8})?")
_COMMENT = "staged by dbt for "
_KNOWN_SECONDS = 15.0
"""So long a run that had a session is taken to have one still; what has none is always looked for."""
Name = tuple[str, str]


def new_token() -> str:
    """Eight hex digits that no other staged table has in its name."""
    return secrets.token_hex(4)


def staged_name(
    target: Name,
    suffix: str,
    temp_schema: str | None = None,
    batch: str | None = None,
    token: str | None = None,
) -> Name:
    """The name of a table that is staged for `target`, beside it or in the profile's `temp_schema`.

    With a `token` it is like none of another run. Tables of one name in several schemas share a `temp_schema`: there
    the name has the target's schema, and a hash that tells `a.b__c` from `a__b.c`. At most Glue's 255 characters. Of a
    `batch`, which may be made while others of the same model are, it has the batch's id.
    """
    schema, identifier = (part.lower() for part in target)
    if batch is not None:
        suffix = f"__{re.sub('[^0-9a-z]', '', batch.lower())}{suffix}"
    if token is not None:
        suffix = f"{suffix}_{token}"
    beside = temp_schema is None or temp_schema.lower() == schema
    if beside and len(identifier) + len(suffix) <= NAME_LIMIT:
        return schema, f"{identifier}{suffix}"
    digest = hashlib.sha256(f"{schema}.{identifier}".encode()).hexdigest()[:8]
    end = f"__{digest}{suffix}"
    if temp_schema is None or beside:
        return schema, identifier[: NAME_LIMIT - len(end)] + end
    return temp_schema.lower(), f"{schema}__{identifier}"[: NAME_LIMIT - len(end)] + end


def is_staged_name(name: str) -> bool:
    """Whether a table has such a name."""
    found = name.lower().rpartition("__dbt_")
    return _STAGED.fullmatch("".join(found[1:])) is not None


def owner_properties(owner: str | None, maker: str | None = None) -> dict[str, str]:
    """The table properties of what is staged for `owner`, a `schema.name`, by a run; none for other tables."""
    if owner is None:
        return {}
    return {OWNER: owner} if maker is None else {OWNER: owner, MAKER: maker}


def staged_comment(owner: str) -> str:
    """The comment of a table in an open format that is staged for `owner`: of its properties the Data Catalog has none."""
    return _COMMENT + owner


def comment_of_staged(text: str) -> str | None:
    """The owner that such a comment tells, as `schema.name`; None for another comment."""
    return text.removeprefix(_COMMENT) if text.startswith(_COMMENT) else None


def owner_of(staged: Mapping[str, Any]) -> Name | None:
    """(database, table) for which a table was staged; None where it was not."""
    parameters = staged.get("Parameters") or {}
    owner = parameters.get(OWNER)
    if owner is None:
        # Delta's comment is a property of Spark's.
        comment = str(staged.get("Description") or parameters.get("comment") or "")
        owner = comment_of_staged(comment) or ""
    database, _, name = str(owner).partition(".")
    return (database, name) if name else None


def check_owner(staged: Table, staging: Name, target: Name) -> None:
    """Raises DbtRuntimeError where a table was not staged for `target`."""
    found = owner_of(staged)
    if found == target:
        return
    owner = None if found is None else ".".join(found)
    whose = f"was staged for {owner}" if owner else "was not staged by this adapter"
    raise DbtRuntimeError(
        f"{'.'.join(staging)} {whose}, and dbt needs that name to build {'.'.join(target)}: "
        "rename or drop that table"
    )


class Seen(NamedTuple):
    """A table, None where it is not there, and what is staged for it, as the Data Catalog shows them at one moment.

    `adds` tells whether there are rows that are to be added to it.
    """

    table: Table | None
    staged: dict[Name, Table]
    adds: bool = False


def look(
    catalog: DataCatalog, target: Name, temp_schema: str | None = None, *, is_expected: bool = False
) -> Seen:
    """A table and what is staged for it, by one call; by one more where that is in a schema of its own.

    Who may see the table, and may not list others, is shown the table alone. One that `is_expected` is asked for by its
    name before it is said not to be there. Raises GlueApiError.
    """
    schema, identifier = target
    found: dict[Name, Table] = {}
    places = {schema: _pattern(identifier, is_there=True)}
    if temp_schema is not None and temp_schema.lower() != schema:
        places[temp_schema.lower()] = _pattern(f"{schema}__{identifier}")
    try:
        for database, pattern in places.items():
            for each in catalog.tables_matching(database, pattern):
                found[database, str(each["Name"]).lower()] = each
    except GlueApiError as error:
        if error.code != "AccessDeniedException":
            raise
        is_expected = True
    table: Table | None = found.pop(target) if target in found else None
    if table is None and is_expected:
        table = catalog.table(*target)
    own = {name: each for name, each in found.items() if owner_of(each) == target}
    staged = {name: each for name, each in own.items() if is_staged_name(name[1])}
    return Seen(table, staged, any(name.endswith(ADDED) for _, name in own))


def _pattern(name: str, *, is_there: bool = False) -> str:
    """The Expression of GetTables that finds what is staged for a name, and with `is_there` the name itself.

    Glue calls it a regular expression, and clients send it Hive's patterns, of a star and a bar: this is either.
    """
    whole, stem = (re.sub("[^0-9a-z_]", ".", text) for text in (name, name[:_STEM]))
    staged = f"{stem}.*" if len(name) > _STEM else f"{stem}__.*"
    return f"{whole}|{staged}" if is_there else staged


class Makers:
    """Which staged tables are of runs that are at work. `living_sessions`: the ids of the sessions there are."""

    def __init__(
        self,
        run: Run,
        living_sessions: Callable[[], Collection[str]],
        unknown_seconds: float,
    ) -> None:
        self._run = run
        self._living_sessions = living_sessions
        self._unknown_seconds = unknown_seconds
        self._listed: tuple[float, Collection[str] | DbtRuntimeError] | None = None

    @property
    def word(self) -> str:
        """That of this run."""
        return self._run.word

    def is_at_work(self, staged: Table) -> bool:
        """Whether the run that makes a staged table may be at it still. What tells of no run is of one that has ended."""
        version = version_of(data_location(staged))
        known = None if version is None else version_name(version[1])
        word = (staged.get("Parameters") or {}).get(MAKER) or (known and known.run)
        if word is None:
            return False
        if self._run.is_own(word):
            return True
        ended = dead_runs([word], lambda: self._sessions(word))[word]
        if ended is not None:
            return not ended
        made = known.made if known is not None else staged.get("CreateTime")
        if made is None:
            return True
        age = (datetime.now(timezone.utc) - made).total_seconds()
        return bool(age < self._unknown_seconds)

    def _sessions(self, word: str) -> Collection[str]:
        """The living sessions, or those of some seconds ago where the run's was among them. Raises DbtRuntimeError."""
        if self._listed is not None and time.monotonic() - self._listed[0] < _KNOWN_SECONDS:
            known = self._listed[1]
            if isinstance(known, DbtRuntimeError):
                raise known
            if any(word in each for each in known):
                return known
        try:
            found = self._living_sessions()
        except DbtRuntimeError as error:
            self._listed = (time.monotonic(), error)
            raise
        self._listed = (time.monotonic(), found)
        return found
