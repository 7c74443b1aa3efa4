"""The adapter's methods by which rows come into tables of files, all of them or none."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.tables import OPEN_FORMATS

from dbt.adapters.glue.append_plans import (
    SMALL_BYTES,
    Move,
    appended_name,
    owned_properties,
    place_for,
)
from dbt.adapters.glue.appends import Appends
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.literals import string_literal
from dbt.adapters.glue.relation import GlueRelation, name_of
from dbt.adapters.glue.staging_methods import StagingMethods

if TYPE_CHECKING:
    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.replacement import Name

__all__ = ["AppendMethods"]

logger = AdapterLogger("Glue")

_BUCKETS = "spark.sql.sources.schema.numBuckets"


class AppendMethods(StagingMethods):
    """Staging, and staged rows that are added to a table instead of replacing it."""

    @cached_property
    def appends(self) -> Appends:
        return Appends(
            self.data_catalog,
            self._place_files,
            self.old_versions.remove_later,
            self.makers.is_at_work,
            self.replacement.free,
        )

    @available.parse_none
    def settled_relation(self, relation: BaseRelation) -> BaseRelation | None:
        """As for every table; and what was staged to be added to it comes in before that, where there is any."""
        settled: BaseRelation | None = super().settled_relation(relation)
        if self.reads.adds:
            self.settle_appends(settled or relation)
            settled = super().settled_relation(relation)
        return settled

    @available.parse_none
    def settle_appends(self, relation: BaseRelation) -> None:
        """Completes what other runs began to add to a table, and forgets what those have left that have ended."""
        if getattr(relation, "table_format", None) not in OPEN_FORMATS:
            self.appends.settle(name_of(relation), self.credentials.temp_schema)

    @available.parse(lambda *_args, **_kwargs: GlueRelation.create(schema="", identifier=""))
    def append_staging(self, target: BaseRelation) -> BaseRelation:
        """A table to be made for rows that are to be added to `target`; of each call another one."""
        owner = name_of(target)
        version = self.old_versions.new_name(owner)
        table = self.data_catalog.table(*owner)
        if table is None:
            raise DbtRuntimeError(f"{target} is not in the Data Catalog: run with --full-refresh")
        schema, identifier = appended_name(owner, self.credentials.temp_schema, version)
        if schema != owner[0] and self.data_catalog.database(schema) is None:
            self.create_schema(self.Relation.create(schema=schema))
        location = place_for(table, version)
        # A session may have gone on with the rows of a killed run, after what told of them had been forgotten.
        self.old_versions.look_at(owner, location.rpartition("/")[0])
        staging: BaseRelation = target.incorporate(  # type: ignore[no-untyped-call]
            path={"schema": schema, "identifier": identifier},
            location=location,
            staged_for=".".join(owner),
        )
        return staging

    @available.parse(lambda *_args, **_kwargs: "")
    def append_ddl(self, target: BaseRelation, staging: BaseRelation) -> str:
        """The statement that makes an `append_staging`."""
        pairs = ", ".join(
            f"{string_literal(key)} = {string_literal(value)}"
            for key, value in owned_properties(name_of(target)).items()
        )
        place = string_literal(staging.location)  # type: ignore[attr-defined]
        return f"create table {staging} like {target} location {place} tblproperties ({pairs})"

    @available.parse_none
    def publish(self, target: BaseRelation, staging: BaseRelation, rows: int) -> None:
        """Adds all rows of an `append_staging` to `target`, in as many files as it has; forgets it where there are none."""
        if rows:
            self.appends.publish(name_of(target), name_of(staging))
        else:
            self.appends.discard(name_of(staging), name_of(target))

    @available.parse_none
    def discard_added(self, rows: BaseRelation, target: BaseRelation) -> None:
        """As `discard`, of rows that are in `target` by now: what stays behind is no reason to fail, and to add them again."""
        try:
            self.discard(rows, target)
        except GlueApiError as error:
            logger.warning(
                f"{'.'.join(name_of(rows))} stays behind in the Data Catalog; the next run removes it ({error.msg})"
            )

    @available.parse(lambda *_args, **_kwargs: 0)
    def append(self, target: BaseRelation, staging: BaseRelation, sql: str) -> int:
        """Adds the rows that `sql` inserts into `staging`, which is made for it, to `target`; how many they are.

        Nothing of them is there where the insert fails, or is cut short. Raises StatementFailed.
        """
        logger.debug(sql)
        owner, staged = name_of(target), name_of(staging)
        rows, folders = self._stage_rows(target, staging, sql)
        if not rows:
            self.appends.discard(staged, owner)
            return 0
        try:
            moves = self.appends.moves(owner, staged, len(folders))
        except DbtRuntimeError:
            self._forget_staged(staged, owner)
            raise
        if self._is_to_be_gathered(target, moves, folders):
            gathered = self.append_staging(target)
            _, folders = self._stage_rows(
                target,
                gathered,
                f"insert into {gathered} select /*+ COALESCE(1) */ * from {staging}",  # noqa: S608 - quoted names
            )
            self.appends.discard(staged, owner)
            staged = name_of(gathered)
        self.appends.publish(owner, staged, len(folders))
        return rows

    def _stage_rows(
        self, target: BaseRelation, staging: BaseRelation, sql: str
    ) -> tuple[int, dict[str, list[int]]]:
        """The number of rows, and of each folder how many files and bytes. Nothing stays of what fails."""
        owner, location = name_of(target), staging.location  # type: ignore[attr-defined]
        request = {
            "ddl": self.append_ddl(target, staging),
            "sql": sql,
            "table": staging.render(),
            "location": location,
        }
        try:
            answer = self.connections.handle().call("stage_rows", request).framed
        except DbtRuntimeError:
            self._forget_staged(name_of(staging), owner)
            raise
        return int(answer["rows_affected"]), dict(answer["folders"])

    def _forget_staged(self, staging: Name, owner: Name) -> None:
        with suppress(GlueApiError):  # then a later run removes it
            self.appends.discard(staging, owner)

    def _is_to_be_gathered(
        self, target: BaseRelation, moves: list[Move], folders: dict[str, list[int]]
    ) -> bool:
        """Whether rows are so few that they are to be one file, and some folder of the table would get more."""
        several = any(folders.get(move.source.rstrip("/"), [2, 0])[0] > 1 for move in moves)
        if not several or sum(size for _, size in folders.values()) > SMALL_BYTES:
            return False
        table = self.data_catalog.table(*name_of(target)) or {}
        storage = table.get("StorageDescriptor") or {}
        return (
            _BUCKETS not in (table.get("Parameters") or {})
            and int(storage.get("NumberOfBuckets") or 0) <= 0
        )

    def _place_files(self, target: Name, moves: list[Move], prefix: str, strict: bool) -> None:
        if moves:
            table = self.Relation.create(schema=target[0], identifier=target[1]).render()
            request = {
                "moves": [list(move) for move in moves],
                "prefix": prefix,
                "table": table,
                "strict": strict,
            }
            self.connections.handle().call("place_files", request)
