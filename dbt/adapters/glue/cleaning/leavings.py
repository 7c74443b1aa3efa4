"""What is left of tables in the Data Catalog and on S3: each thing with its size, its age and what is to become of it."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.append_plans import INTO, folder_of_rows
from dbt.adapters.glue.catalog import data_location, is_view
from dbt.adapters.glue.cleaning.store import Store
from dbt.adapters.glue.migration.findings import Unseen
from dbt.adapters.glue.migration.tables import Folders
from dbt.adapters.glue.old_versions import (
    Found,
    Look,
    looked_at,
    may_be_read,
    time_told,
)
from dbt.adapters.glue.references import references
from dbt.adapters.glue.replacement import Replacement
from dbt.adapters.glue.sessions.runs import dead_runs
from dbt.adapters.glue.staged_tables import ADDED, MAKER, is_staged_name, owner_of
from dbt.adapters.glue.switch_steps import is_locked_by
from dbt.adapters.glue.versions import (
    MARKS,
    beside,
    join_location,
    marked,
    owner_hash,
    version_name,
    version_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from dbt.adapters.glue.aws import AwsClients
    from dbt.adapters.glue.catalog import DataCatalog, Table
    from dbt.adapters.glue.references import References
    from dbt.adapters.glue.staged_tables import Name
    from dbt.adapters.glue.versions import Version

__all__ = ["Cleaning", "Leaving", "Places"]

_AT_ONCE = 25
"""Folders that are removed after one look at the references."""


class Leaving(NamedTuple):
    """A thing that was found; `seconds` is its age: since it was replaced or begun."""

    kind: str
    table: str
    location: str
    files: int
    size: int
    seconds: float | None
    why: str

    def to_dict(self) -> dict[str, Any]:
        return self._asdict()


class Places:
    """Where tables have their versions, and whose a folder's name says that it is."""

    def __init__(self, catalog_name: str) -> None:
        self._catalog_name = catalog_name
        self.looks: dict[str, dict[str, Look]] = {}
        self.bases: dict[str, dict[str, float]] = {}

    def add(self, root: str, table: Name, seconds: float) -> None:
        name = (table[0].lower(), table[1].lower())
        self.looks.setdefault(root, {}).setdefault(self.owner(name), Look(name, seconds))

    def add_rows(self, database: str, table: Table) -> None:
        """The folder in a table of files where rows wait that are to be added to it."""
        name, location = (database.lower(), str(table["Name"]).lower()), data_location(table)
        seconds = [
            each.seconds for x in self.looks.values() for each in x.values() if each.table == name
        ]
        if seconds and location and not is_view(table) and not table.get("PartitionKeys"):
            self.add(folder_of_rows(location), name, seconds[0])

    def owner(self, table: Name) -> str:
        return owner_hash(self._catalog_name, *table)

    def search(self, schema: str, base: str, seconds: float) -> None:
        """Has the folders in `base` looked at as those of tables of their names."""
        self.bases.setdefault(base, {})[schema] = seconds

    def found_in(self, base: str, folders: Collection[str]) -> None:
        end = (beside("s3://b/x", "s3://b/x") or "").rpartition("x")[2]
        for schema, seconds in self.bases[base].items():
            for folder in folders:
                self.add(join_location(base, folder), (schema, folder.removesuffix(end)), seconds)

    @property
    def tables(self) -> set[Name]:
        return {look.table for looks in self.looks.values() for look in looks.values()}


class Cleaning:
    """Looks first, then removes; references are read anew right before. What cannot be looked at is in `unseen`."""

    def __init__(
        self,
        catalog: DataCatalog,
        clients: AwsClients,
        places: Places,
        temp_schema: str | None,
        *,
        unknown_seconds: float,
        dry_run: bool,
        tell: Callable[[str], None],
    ) -> None:
        self._catalog = catalog
        self._clients = clients
        self._store = Store(lambda: clients.storage)
        self._places = places
        self._temp_schema = temp_schema
        self._unknown_seconds = unknown_seconds
        # The data of what it forgets is removed here, after another look at the references.
        self._forgotten: list[dict[str, Any]] = []
        self._replacement = Replacement(catalog, self._forgotten.append, temp_schema=temp_schema)
        self._dry_run = dry_run
        self._tell = tell
        self._removed: list[Leaving] = []
        self._stays: list[Leaving] = []
        self._failed: list[Leaving] = []
        self._listed = 0
        self.unseen: list[Unseen] = []

    def run(self) -> dict[str, Any]:
        """`removed` (of a dry run: what would be), `stays`, `notOurs`, `failed`: lists of Leavings.

        And `blind`, whether there are places and none of them can be listed.
        """
        for base in self._places.bases:
            listing = self._looked(base)
            if listing is not None:
                self._places.found_in(base, listing.folders)
        self._staged_tables()
        candidates, gone = self._versions()
        self._remove(candidates)
        for root, marks in gone.items():
            for mark in marks:
                self._forget_mark(root, mark)
        return {
            "removed": [each.to_dict() for each in self._removed],
            "stays": [each.to_dict() for each in self._stays],
            "notOurs": [each.to_dict() for each in self._not_ours()],
            "failed": [each.to_dict() for each in self._failed],
            "blind": bool(self._places.looks) and not self._listed,
        }

    def _looked(self, folder: str) -> Any:
        try:
            listing = self._store.listed(folder)
        except DbtRuntimeError as error:
            self.unseen.append(Unseen(folder, str(error.msg), "see docs/iam.md"))
            return None
        self._listed += 1
        return listing

    def _do(self, work: Callable[[], None]) -> str | None:
        """Does it unless this is a dry run; gives why it could not be done."""
        if self._dry_run:
            return None
        try:
            work()
        except DbtRuntimeError as error:
            return str(error.msg)
        return None

    # Staged tables

    def _staged_tables(self) -> None:
        temporary = [self._temp_schema.lower()] if self._temp_schema else []
        databases = dict.fromkeys([*(schema for schema, _ in self._places.tables), *temporary])
        for database in databases:
            self._tell(f"Asking the Data Catalog about {database}")
            for table in list(self._catalog.tables(database)):
                owner = owner_of(table)
                is_ours = is_staged_name(table["Name"]) or table["Name"].endswith(ADDED)
                if is_ours and owner in self._places.tables:
                    self._staged_table((database, table["Name"]), owner, table)
                self._places.add_rows(database, table)

    def _staged_table(self, name: Name, owner: Name | None, table: Table) -> None:
        location = data_location(table)
        version = version_of(location)
        known = version_name(version[1]) if version else None
        seconds = time_told(known) if known else None
        found = self._version(version, name, "") if version else None
        files, size = (found.files, found.size) if found else (0, 0)
        told = ".".join(owner or name)
        leaving = Leaving("staged table", told, location, files, size, seconds, "")
        why = self._why_staged_stays(
            name, owner or name, table, known.run if known else None, seconds
        )
        if why is not None:
            self._stays.append(leaving._replace(why=why))
            return
        why = f"{'.'.join(name)}, staged by a run that has ended"
        self._done(leaving._replace(why=why), lambda: self._forget(name, owner or name, table))

    def _why_staged_stays(
        self, name: Name, owner: Name, table: Table, run: str | None, seconds: float | None
    ) -> str | None:
        if self._is_complete(name, owner, table):
            return "its switch was cut short: the next run of its model completes it"
        run = (table.get("Parameters") or {}).get(MAKER) or run
        dead = dead_runs([run], self._living).get(run) if run else None
        if dead is False:
            return "its run is at work"
        if dead is None and (seconds is None or seconds < self._unknown_seconds):
            return "whether its run is at work is not known: the next run of its model removes it"
        return None

    def _is_complete(self, name: Name, owner: Name, staged: Table) -> bool:
        """Whether a staged table is being put in place, so that whoever finds it half done completes it."""
        into = (staged.get("Parameters") or {}).get(INTO)
        target = self._catalog.table(*owner)
        return is_locked_by(name, staged, target) or (
            into is not None and data_location(target) == into
        )

    def _living(self) -> list[str]:
        return self._clients.sessions.living_sessions()

    def _forget(self, name: Name, owner: Name, seen: Table) -> None:
        """With its data, but not where it is another one now, or is being switched in."""
        self._forgotten.clear()
        now = self._catalog.table(*name)
        if now is not None:
            if data_location(now) != data_location(seen) or self._is_complete(name, owner, now):
                raise DbtRuntimeError("it changed while it was looked at")
            self._replacement.forget_ended(owner, name)
        version = version_of(data_location(seen))
        known = version_name(version[1]) if version is not None else None
        if version is None or known is None:
            return
        was_replaced = self._forgotten and "replaced" in self._forgotten[-1]
        was_added = INTO in (seen.get("Parameters") or {}) and seen.get("PartitionKeys")
        if was_added or (was_replaced and version[0] in self._places.looks):
            return  # what the table may have been made of is looked at among its versions
        if known.owner in (None, self._places.owner(owner)):
            used = references(self._catalog, {owner}, {version[0]}, self._temp_schema)
            if known.name not in used.all:
                self._store.remove(join_location(*version))

    # Versions

    def _versions(self) -> tuple[list[Found], dict[str, list[str]]]:
        """What may have to go, and marks whose versions are gone; what stays is noted."""
        candidates: list[Found] = []
        gone: dict[str, list[str]] = {}
        stays: list[tuple[Version, str, Name]] = []
        roots = sorted(self._places.looks)
        for number, root in enumerate(roots, 1):
            self._tell(f"Looking at {root} ({number} of {len(roots)})")
            listing = self._looked(root)
            if listing is None or not (listing.versions or listing.marks):
                continue
            looks = self._places.looks[root]
            found, without, left = looked_at(
                root,
                listing.versions,
                listing.marks,
                looks,
                lambda words: dead_runs(words, self._living),
                unknown_seconds=self._unknown_seconds,
            )
            candidates += found
            gone[root] = without
            table = next(iter(looks.values())).table
            stays += [((root, name), why, table) for name, why in left]
        used = self._references(
            {root for (root, _), _, _ in stays} | {f.version[0] for f in candidates}
        )
        for version, why, table in stays:
            if version[1] not in used.all:
                self._stays.append(self._version(version, table, why))
        return [each for each in candidates if each.version[1] not in used.all], gone

    def _references(self, roots: Collection[str]) -> References:
        tables = {look.table for root in roots for look in self._places.looks[root].values()}
        return references(self._catalog, tables, roots, self._temp_schema)

    def _version(self, version: Version, table: Name, why: str) -> Leaving:
        location = join_location(*version)
        known = version_name(version[1])
        seconds = None if known is None else time_told(known)
        try:
            files, size = self._store.measured(location)
        except DbtRuntimeError as error:
            self.unseen.append(Unseen(location, str(error.msg)))
            files = size = 0
        return Leaving("version", ".".join(table), location, files, size, seconds, why)

    def _remove(self, candidates: list[Found]) -> None:
        for start in range(0, len(candidates), _AT_ONCE):
            batch = candidates[start : start + _AT_ONCE]
            leavings = [self._version(each.version, each.table, each.why) for each in batch]
            used = self._references({each.version[0] for each in batch})
            for each, leaving in zip(batch, leavings, strict=True):
                root = each.version[0]
                unknown = None if each.is_marked else used.why_unknown(each.table)
                if each.version[1] in used.all or unknown:
                    why = unknown or "a table is made of it now"
                    self._stays.append(leaving._replace(why=why))
                elif not each.is_marked and self._may_be_read(each, used):
                    why = f"{each.why}; it may have been read until now, and stays for as long as what is replaced"
                    work = partial(self._store.mark, root, each.mark)
                    self._done(leaving._replace(why=why), work, self._stays)
                else:
                    self._tell(f"Removing {leaving.location}")
                    self._done(leaving, partial(self._remove_version, each))

    def _may_be_read(self, found: Found, used: References) -> bool:
        (seconds,) = {
            look.seconds
            for look in self._places.looks[found.version[0]].values()
            if look.table == found.table
        }
        table = used.tables.get(found.table) or {}
        return seconds > 0 and may_be_read(found, table.get("UpdateTime"))

    def _remove_version(self, found: Found) -> None:
        root, name = found.version
        self._store.remove(join_location(root, name))
        self._store.unmark(root, found.mark)

    def _forget_mark(self, root: str, mark: str) -> None:
        """One whose version is gone; only that it could not be removed is told."""
        _, owner = marked(mark) or ("", None)
        table = ".".join(self._places.looks[root][str(owner)].table)
        place = join_location(root, MARKS, mark)
        leaving = Leaving("mark", table, place, 1, 0, None, "its version is gone")
        self._done(leaving, partial(self._store.unmark, root, mark), [])

    def _done(
        self, leaving: Leaving, work: Callable[[], None], told: list[Leaving] | None = None
    ) -> None:
        problem = self._do(work)
        if problem is None:
            (self._removed if told is None else told).append(leaving)
        else:
            self._failed.append(leaving._replace(why=problem))

    # What another tool left

    def _not_ours(self) -> Iterator[Leaving]:
        """Files at the places of tables whose own data is in a version: told, and never removed."""
        by_database: dict[str, dict[Name, Table]] = defaultdict(dict)
        for database in {schema for schema, _ in self._places.tables}:
            tables = self._catalog.tables(database)
            by_database[database] = {(database, table["Name"].lower()): table for table in tables}
        every = {name: table for tables in by_database.values() for name, table in tables.items()}
        folders = Folders(self._clients, every)
        for root, looks in sorted(self._places.looks.items()):
            for look in looks.values():
                table = every.get(look.table)
                if table is None or version_of(data_location(table)) is None:
                    continue
                try:
                    files, size = folders.outside_of_versions(root)
                except Exception as error:  # noqa: BLE001 - boto3's of all kinds
                    self.unseen.append(Unseen(root, str(error)))
                    continue
                if files:
                    why = "no version of ours; not removed: look at it, and remove it yourself"
                    yield Leaving("files", ".".join(look.table), root, files, size, None, why)
