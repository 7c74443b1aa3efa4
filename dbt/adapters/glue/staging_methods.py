"""The adapter's methods that make a table beside its target and put it in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.tables import OPEN_FORMATS, S3_TABLES

from dbt.adapters.glue import model_config
from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.catalog import columns_of
from dbt.adapters.glue.relation import GlueRelation, name_of, part_of
from dbt.adapters.glue.replacement import TRIES, Attempt
from dbt.adapters.glue.staged_tables import STAGING, new_token, owner_properties, staged_name
from dbt.adapters.glue.synced_views import forget_synced_views

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.catalog import Table
    from dbt.adapters.glue.column import GlueColumn
    from dbt.adapters.glue.staged_tables import Name

__all__ = ["StagingMethods"]

logger = AdapterLogger("Glue")


class StagingMethods(AdapterParts):
    """Replacing tables: readers see the old one or the new one, and a killed run leaves what the next one settles."""

    @available.parse(lambda *_args, **_kwargs: GlueRelation.create(schema="", identifier=""))
    def staging_relation(
        self, target: BaseRelation, model: Mapping[str, Any], suffix: str = STAGING
    ) -> BaseRelation:
        """A table to be made beside `target`, of a name and with the location of a new version of its own."""
        owner = name_of(target)
        batch = (model.get("batch") or {}).get("id")
        temp = self.credentials.temp_schema
        schema, identifier = staged_name(owner, suffix, temp, batch, new_token())
        if schema != owner[0] and self.data_catalog.database(schema) is None:
            self.create_schema(self.Relation.create(schema=schema))
        root = model_config.table_root(
            self.credentials, target, model.get("config", {}), self.database_location
        )
        staging: BaseRelation = target.incorporate(  # type: ignore[no-untyped-call]
            path={"schema": schema, "identifier": identifier},
            location=self.old_versions.new_location(
                owner, root, model_config.retention(model.get("config", {}))
            ),
            staged_for=".".join(owner),
            staged_by=self.makers.word,
        )
        return staging

    @available
    def staged_properties(self, relation: BaseRelation) -> dict[str, str]:
        """The table properties by which a staged table is known as that of its target, and of this run."""
        return owner_properties(relation.staged_for, relation.staged_by)  # type: ignore[attr-defined]

    @available.parse(lambda *_args, **_kwargs: ())
    def attempts(self, target: BaseRelation, hooks: Sequence[Any] = ()) -> Iterator[Attempt]:
        """A build of `target` from what it holds: once, and again for each time that another run has changed it meanwhile.

        The table is as `settled_relation` read it, unless `hooks` ran since. Raises DbtRuntimeError where others
        come between each time, and where the table is dropped.

        A switch of partitions that is under way has its version before it has its partitions: it ends first.
        """
        name = name_of(target)
        self.reads.held = None
        for number in range(1, TRIES + 1):
            read = getattr(self.reads, "last", None)
            if number > 1 or hooks or read is None or read[0] != name:
                read = name, self.replacement.free(name)
            if number > 1 and read[1] is None:
                raise DbtRuntimeError(
                    f"{target} was dropped while this run built on what it held: run the model again"
                )
            attempt = Attempt(*read)
            yield attempt
            if not attempt.overtaken:
                return
            if number < TRIES:
                logger.info(
                    f"{'.'.join(name)} was changed by another run while this one built on what it held: "
                    f"it is built again from what is there now ({number + 1} of {TRIES} times)"
                )
        raise DbtRuntimeError(
            f"{target} was changed by another run each of {TRIES} times that this one built on what it held; nothing of "
            "this run is in it. Next: run the model again, or not beside the other"
        )

    @available.parse_none
    def first_attempt(self, target: BaseRelation) -> Attempt:
        """That of a run for which nothing was there: where something is by now, its rows stay staged, to come into that."""
        return Attempt(name_of(target), None, keeps=True)

    @available.parse_none
    def hold_columns(self, target: BaseRelation, hooks: Sequence[Any] = ()) -> None:
        """Until the first of the `attempts` a table of files has the columns with which `settled_relation` read it.

        dbt's own macros ask for them again and again. A change by another run is found when the table is switched; what
        `hooks` may have changed is asked.
        """
        read = getattr(self.reads, "last", None)
        if not hooks and read is not None and read[0] == name_of(target):
            self.reads.held = None if target.table_format in OPEN_FORMATS else read  # type: ignore[attr-defined]

    def held_table(self, name: Name) -> Table | None:
        """The table of this name, if its columns are held."""
        held = getattr(self.reads, "held", None)
        return held[1] if held is not None and held[0] == name else None

    @available.parse(lambda *_args, **_kwargs: [])
    def columns_read(self, attempt: Attempt) -> list[GlueColumn]:
        """The columns of a table of files as it was read."""
        return columns_of(attempt.table or {})

    @available.parse_none
    def read_again(self, attempt: Attempt) -> None:
        """This run's own statement has given the table columns: that, and nothing of another run's, or the attempt is overtaken.

        What the attempt has read by now (which partitions are touched, and the rows themselves) is so of this version too.
        """
        now = self.data_catalog.table(*attempt.target)
        if now is not None and attempt.is_before(now):
            attempt.table = now
        else:
            attempt.overtaken = True

    @available.parse_none
    def switch(
        self, target: BaseRelation, staging: BaseRelation, attempt: Attempt | None = None
    ) -> None:
        """Makes `target` what `staging` is, in the catalog; then `staging` is no more. Not where `attempt` is overtaken."""
        there = self.get_relation(None, *name_of(target))
        for relation in (there, staging):
            if relation is not None:
                forget_synced_views(self.data_catalog, cast("GlueRelation", relation))
        self.replacement.switch(
            name_of(target),
            name_of(staging),
            staging.location,  # type: ignore[attr-defined]
            attempt,
        )
        if attempt is None or not attempt.overtaken:
            self.cache_dropped(target)
            self.cache_added(target)

    @available.parse_none
    def discard(self, staging: BaseRelation, target: BaseRelation) -> None:
        """Forgets a staged table and has its data removed, but none that `target` is made of."""
        self.replacement.discard(name_of(staging), used_by=name_of(target))

    @available.parse_none
    def discard_rows(self, rows: BaseRelation, target: BaseRelation) -> None:
        """Forgets the table of rows that this run has made for `target`, and has its data removed.

        A `staging_relation` is this run's alone, from its name to its folder, and `target` is never made of rows, so that
        the Data Catalog need not be asked of either.
        """
        location = rows.location  # type: ignore[attr-defined]
        if rows.staged_by != self.makers.word or location is None:  # type: ignore[attr-defined]
            self.discard(rows, target)
        else:
            self.replacement.discard_own(name_of(rows), location, name_of(target))

    @available.parse_none
    def settled_relation(self, relation: BaseRelation) -> BaseRelation | None:
        """The relation as it is now, after what earlier runs left unfinished has been settled."""
        self.reads.adds = False
        target = name_of(relation)
        schema, identifier = (
            part_of(relation.schema, "schema"),
            part_of(relation.identifier, "name"),
        )
        known: BaseRelation | None = self.get_relation(None, schema, identifier)
        if relation.table_format == S3_TABLES:  # type: ignore[attr-defined]
            # Nothing of a table bucket is staged: what is left under these names is of another table's.
            self.reads.last = self.reads.held = None
            return known
        seen = self.replacement.look(target, is_expected=known is not None)
        self.reads.adds = seen.adds
        for _ in range(TRIES):
            if not self.replacement.settle(target, seen):
                break
            # Another switch may have begun since, and is waited for, too.
            seen = self.replacement.look(target, is_expected=known is not None)
        self.reads.last, self.reads.held = (target, seen.table), None
        if seen.table is None:
            if known is not None:
                self.cache_dropped(known)
            return None
        found = self.relation_of(schema, seen.table)
        if known is None:
            self.cache_added(found)
        return found
