"""Old data goes when it is ours, nothing refers to it and nobody reads it any more; and then it does go."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt.adapters.events.logging import AdapterLogger

from dbt.adapters.glue.catalog import data_location, is_view
from dbt.adapters.glue.references import references
from dbt.adapters.glue.sessions.removals import Removals
from dbt.adapters.glue.sessions.runs import dead_runs
from dbt.adapters.glue.versions import (
    bare,
    beside,
    join_location,
    mark_of,
    marked,
    new_version,
    owner_hash,
    version_name,
    version_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from dbt.adapters.glue.catalog import DataCatalog, Table
    from dbt.adapters.glue.sessions.runs import Run
    from dbt.adapters.glue.staged_tables import Name
    from dbt.adapters.glue.versions import Version, VersionName

__all__ = [
    "DAY",
    "Found",
    "Look",
    "OldVersions",
    "looked_at",
    "may_be_read",
    "time_told",
    "unknown_seconds",
]

logger = AdapterLogger("Glue")

DAY = 24 * 3600.0
_ENOUGH = 25
"""So many folders that may have to go are looked into while a run goes on; fewer wait for its end."""


def unknown_seconds(query_timeout_in_minutes: float) -> float:
    """Seconds after which a run of which nothing else is known has surely ended."""
    return max(DAY, 60.0 * query_timeout_in_minutes)


class Found(NamedTuple):
    """A folder of ours that may have to go: `why` in words; `is_marked` as one that was replaced long enough ago.

    Without a mark it is of a run that has ended: either it never became a table's, or was replaced unnoticed.
    """

    table: Name
    version: Version
    mark: str
    is_marked: bool
    why: str


class Look(NamedTuple):
    """What a root was looked at for: its table, and the seconds for which replaced versions stay."""

    table: Name
    seconds: float


def looked_at(
    root: str,
    versions: Iterable[str],
    marks: Mapping[str, float],
    looks: Mapping[str, Look],
    is_dead: Callable[[Collection[str]], Mapping[str, bool | None]],
    *,
    unknown_seconds: float = DAY,
) -> tuple[list[Found], list[str], list[tuple[str, str]]]:
    """Which versions under a root may have to go, which marks have no version any more, and what stays, with the reason.

    `marks` tells the seconds since each was written; `looks` whose versions are asked for, by the hash of the owner.
    Nothing of another owner is among them, nor what an earlier version of this adapter named and nobody marked.
    """
    versions = set(versions)
    told = {mark: read for mark in marks if (read := marked(mark)) is not None}
    age = {version: (mark, owner, marks[mark]) for mark, (version, owner) in told.items()}
    gone = [m for m, (version, owner) in told.items() if owner in looks and version not in versions]
    found: list[Found] = []
    stays: list[tuple[str, str]] = []
    unmarked: list[tuple[VersionName, Look]] = []
    for name in sorted(versions):
        known = version_name(name)
        if known is None:
            continue
        mark, owner, seconds = age.get(name, ("", known.owner, 0.0))
        look = looks.get(owner or "")
        if look is None:
            stays.append((name, "not provably of this table"))
        elif mark and seconds >= look.seconds:
            why = f"replaced {_ago(seconds)} ago"
            found.append(Found(look.table, (root, name), mark, True, why))
        elif mark:
            left = _ago(look.seconds - seconds)
            stays.append(
                (name, f"replaced {_ago(seconds)} ago; stays {left} more for those who read it")
            )
        elif known.run is not None:
            unmarked.append((known, look))
    ended = is_dead({str(known.run) for known, _ in unmarked}) if unmarked else {}
    for known, look in unmarked:
        dead = ended.get(str(known.run))
        seconds = time_told(known)
        if dead is False or (dead is None and seconds < unknown_seconds):
            why = (
                "its run is at work" if dead is False else "whether its run is at work is not known"
            )
            stays.append((known.name, f"{why}; begun {_ago(seconds)} ago"))
            continue
        said = f"begun {_ago(seconds)} ago by a run that has ended"
        mark = mark_of(known.name, known.owner or "")
        found.append(Found(look.table, (root, known.name), mark, False, said))
    return found, gone, stays


class OldVersions(Removals):
    """Where the versions of a run's tables go, and what becomes of those that they replace. For all threads.

    `catalog_name` tells the Data Catalog from every other one; `living_sessions` are the ids of the sessions there are.
    """

    def __init__(
        self,
        catalog: Callable[[], DataCatalog],
        catalog_name: Callable[[], str],
        run: Run,
        living_sessions: Callable[[], Collection[str]],
        minutes: float,
        temp_schema: str | None = None,
        unknown_seconds: float = DAY,
    ) -> None:
        super().__init__()
        self._catalog = catalog
        self._catalog_name = catalog_name
        self._run = run
        self._living_sessions = living_sessions
        self._minutes = minutes
        self._temp_schema = temp_schema
        self._unknown_seconds = unknown_seconds
        self._live: dict[Name, str] = {}
        self._looks: dict[str, dict[str, Look]] = {}
        self._seconds: dict[Name, float] = {}
        # The names that tables of this run had before: their data has those of owners.
        self._earlier: dict[Name, set[Name]] = {}
        # When others had changed the tables last that this run has switched.
        self._updated: dict[Name, datetime | None] = {}
        # By the names of versions, as those of references.
        self._candidates: dict[str, Found] = {}
        self._marked: set[str] = set()

    # New versions

    def note(self, database: str, table: Mapping[str, Any]) -> None:
        """Remembers where a table is that the Data Catalog has shown."""
        if not is_view(table) and (location := data_location(table)):
            self._live[database.lower(), str(table["Name"]).lower()] = location

    def new_location(self, table: Name, root: str, minutes: float | None = None) -> str:
        """The location of a new version of a table, under its `root` or, where readers would meet it there, beside it.

        What lies there already is looked at along with the next statement; `minutes` is the model's own, for which
        versions stay after they were replaced.
        """
        place = self._place(table, root)
        with self._lock:
            self._seconds[table] = 60 * (self._minutes if minutes is None else minutes)
        self.look_at(table, place)
        return join_location(place, self.new_name(table))

    def look_at(self, table: Name, place: str) -> None:
        """Has what lies in a folder of a table's versions looked at, once in a run, along with the next statement."""
        owner = owner_hash(self._catalog_name(), *table)
        with self._lock:
            known = self._looks.setdefault(place, {})
            is_new = owner not in known
            known[owner] = Look(table, self._seconds.get(table, 60 * self._minutes))
        if is_new:
            self.later({"root": place, "look": True})

    def new_name(self, table: Name) -> str:
        """A name for the folder of a new version of a table, which tells whose it is and which run makes it."""
        return new_version(owner_hash(self._catalog_name(), *table), self._run.word)

    def _place(self, table: Name, root: str) -> str:
        live = self._live.get(table)
        if live is None:
            return root
        version = version_of(live)
        if version is None:
            return beside(root, live) or root
        return version[0] if bare(version[0]) == bare(beside(root, root) or root) else root

    def renamed(self, table: Name, new: Name) -> None:
        """Remembers that this run has given a table another name."""
        with self._lock:
            self._earlier[new] = {table, *self._earlier.pop(table, ())}

    # What was replaced

    def remove_later(self, request: Mapping[str, Any]) -> None:
        """Takes what `Replacement` hands over: what was replaced stays for a while, what nobody ever read goes.

        But nothing of another owner, whose data an entry points at that was copied, or renamed by another run: who
        builds that one's table again, or `dbt-glue clean`, finds it when nothing refers to it any more.
        """
        root, folders = str(request["root"]), [str(name) for name in request["folders"]]
        dropped = _name(request.get("dropped"))
        table = dropped or _name(request.get("replaced") or request.get("staged"))
        if table is None:
            self.later({"root": root, "folders": folders})
            return
        owner = owner_hash(self._catalog_name(), *table)
        with self._lock:
            earlier = self._earlier.get(table, set())
        owners = {None, owner, *(owner_hash(self._catalog_name(), *each) for each in earlier)}
        known_names = (known for known in map(version_name, folders) if known is not None)
        names = [known for known in known_names if known.owner in owners]
        if request.get("staged"):
            ended = self._ended({known.run for known in names if known.run is not None})
            useless = [k.name for k in names if k.run and ended[k.run]]
            if useless:
                self.later({"root": root, "folders": useless})
            names = [known for known in names if known.name not in useless]
        elif not dropped:
            updated = request.get("updated")
            with self._lock:
                before = self._updated.get(table, updated)
                self._updated[table] = max(before, updated) if before and updated else None
        stays = not dropped and self._seconds.get(table, 60 * self._minutes) > 0
        marks: list[str] = []
        with self._lock:
            # Of a name without an owner it tells that the table's versions are made there.
            is_place = owner in self._looks.get(root, {})
            for name, mark, named in ((k.name, mark_of(k.name, owner), k.owner) for k in names):
                if stays or not (named or is_place):
                    marks.append(mark)
                    self._marked.add(name)
                    self._candidates.pop(name, None)
                else:
                    self._candidates[name] = Found(table, (root, name), mark, True, "no table's")
        if marks:
            self.later({"root": root, "mark": sorted(marks)})

    def _ended(self, words: Collection[str]) -> dict[str, bool | None]:
        """Whether runs have ended; what this one discards is of no use, too, though it has not."""
        others = [word for word in words if not self._run.is_own(word)]
        return {**dict.fromkeys(words, True), **dead_runs(others, self._living_sessions)}

    # What is found beside

    def found(self, listings: Sequence[Mapping[str, Any]]) -> None:
        """Never raises: the statement that saw it has run, and its answer is not to be lost."""
        try:
            self._take_in(listings)
        except Exception as error:  # noqa: BLE001 - data that stays behind costs storage, not correctness
            logger.debug(f"old data stays until the next run: {error}")

    def _take_in(self, listings: Sequence[Mapping[str, Any]]) -> None:
        for listing in listings:
            root = str(listing["root"])
            with self._lock:
                looks = dict(self._looks.get(root, {}))
            found, gone, _ = looked_at(
                root,
                listing["versions"],
                listing["marks"],
                looks,
                self._dead,
                unknown_seconds=self._unknown_seconds,
            )
            with self._lock:
                fresh = {e.version[1]: e for e in found if e.version[1] not in self._marked}
                self._candidates.update(fresh)
            if gone:
                self.later({"root": root, "unmark": sorted(gone)})

    def _dead(self, words: Collection[str]) -> dict[str, bool | None]:
        others = [word for word in words if not self._run.is_own(word)]
        return {**dict.fromkeys(words, False), **dead_runs(others, self._living_sessions)}

    def take(self, *, last: bool = False) -> list[dict[str, Any]]:
        """Also what may have to go, where it is enough or the last moment: references are read right before."""
        with self._lock:
            candidates = list(self._candidates.values())
            if not last and len(candidates) < _ENOUGH:
                candidates = []
            for each in candidates:
                del self._candidates[each.version[1]]
        if candidates:
            try:
                checked = self._checked(candidates)
            except Exception as error:  # noqa: BLE001 - as above
                logger.debug(f"old data stays until the next run: {error}")
            else:
                for request in checked:
                    self.later(request)
        return super().take(last=last)

    def _checked(self, candidates: list[Found]) -> list[dict[str, Any]]:
        tables = {each.table for each in candidates}
        roots = {each.version[0] for each in candidates}
        used = references(self._catalog(), tables, roots, self._temp_schema)
        requests: dict[str, dict[str, Any]] = {}
        for each in candidates:
            root, name = each.version
            if name in used.all or not (each.is_marked or used.why_unknown(each.table) is None):
                continue
            request = requests.setdefault(
                root, {"root": root, "folders": [], "unmark": [], "mark": []}
            )
            if each.is_marked or not self._may_be_read(each, used.tables.get(each.table)):
                request["folders"].append(name)
                request["unmark"].append(each.mark)
            else:
                request["mark"].append(each.mark)
        return list(requests.values())

    def _may_be_read(self, found: Found, table: Table | None) -> bool:
        if self._seconds.get(found.table, 60 * self._minutes) <= 0:
            return False
        with self._lock:
            is_switched = found.table in self._updated
            updated = self._updated.get(found.table)
        return may_be_read(found, updated if is_switched else (table or {}).get("UpdateTime"))


def may_be_read(found: Found, updated: datetime | None) -> bool:
    """Whether a version that nobody marked may have been its table's, and replaced by a run that was killed right then.

    It never was if the table is as it was before the version was begun: `updated` is when others changed it last, None
    where that is not known. That it is newer than what the table is made of is no proof: of two runs beside each other
    the one that began later may have been first.
    """
    this = version_name(found.version[1])
    return this is None or updated is None or this.made <= updated


def time_told(known: VersionName) -> float:
    """The seconds since a version was begun."""
    return (datetime.now(timezone.utc) - known.made).total_seconds()


def _name(value: Any) -> Name | None:
    return (str(value[0]).lower(), str(value[1]).lower()) if value else None


def _ago(seconds: float) -> str:
    """A span as people read it: `40 s`, `12 min`, `3.5 h`, `2.1 days`."""
    for unit, size in (("days", DAY), ("h", 3600.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{max(seconds, 0):.0f} s"
