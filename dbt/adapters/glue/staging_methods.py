"""The adapter's methods that make a table beside its target and put it in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from dbt.adapters.base.meta import available
from glue_compiler.knowledge.tables import S3_TABLES

from dbt.adapters.glue import model_config
from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.relation import GlueRelation, name_of, part_of
from dbt.adapters.glue.replacement import (
    STAGING,
    STAGING_SUFFIXES,
    owner_properties,
    staged_name,
)
from dbt.adapters.glue.synced_views import forget_synced_views

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.base.relation import BaseRelation

__all__ = ["StagingMethods"]


class StagingMethods(AdapterParts):
    """Replacing tables: readers see the old one or the new one, and a killed run leaves what the next one settles."""

    @available.parse(lambda *_args, **_kwargs: GlueRelation.create(schema="", identifier=""))
    def staging_relation(
        self, target: BaseRelation, model: Mapping[str, Any], suffix: str = STAGING
    ) -> BaseRelation:
        """A table to be made beside `target`, with the location of a new version of it; of a batch, one of its own.

        A replacement that an earlier run left unfinished under that name is completed first.
        """
        owner = name_of(target)
        batch = (model.get("batch") or {}).get("id")
        schema, identifier = staged_name(owner, suffix, self.credentials.temp_schema, batch)
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
        )
        self.replacement.settle(owner, name_of(staging))
        return staging

    @available
    def staged_properties(self, relation: BaseRelation) -> dict[str, str]:
        """The table properties by which a staged table is known as that of its target."""
        return owner_properties(relation.staged_for)  # type: ignore[attr-defined]

    @available.parse_none
    def switch(self, target: BaseRelation, staging: BaseRelation) -> None:
        """Makes `target` what `staging` is, in the catalog; then `staging` is no more."""
        there = self.get_relation(None, *name_of(target))
        for relation in (there, staging):
            if relation is not None:
                forget_synced_views(self.data_catalog, cast("GlueRelation", relation))
        self.cache_dropped(target)
        self.replacement.switch(name_of(target), name_of(staging), staging.location)  # type: ignore[attr-defined]
        self.cache_added(target)

    @available.parse_none
    def discard(self, staging: BaseRelation, target: BaseRelation) -> None:
        """Forgets a staged table and has its data removed, but none that `target` is made of."""
        self.replacement.discard(name_of(staging), used_by=name_of(target))

    @available.parse_none
    def settled_relation(self, relation: BaseRelation) -> BaseRelation | None:
        """The relation as it is now, after what an earlier run left unfinished has been settled."""
        target = name_of(relation)
        # Nothing of a table bucket is staged: what is left under these names is of another table's.
        suffixes = () if relation.table_format == S3_TABLES else STAGING_SUFFIXES  # type: ignore[attr-defined]
        for suffix in suffixes:
            staging = staged_name(target, suffix, self.credentials.temp_schema)
            self.replacement.settle(target, staging)
        temp = self.credentials.temp_schema
        if temp is not None:
            self.writers.note_once(temp, lambda: self.data_catalog.tables(temp))
        for staging in self.writers.left_behind(target):
            self.replacement.settle(target, staging)
        settled: BaseRelation | None = self.get_relation(
            None, part_of(relation.schema, "schema"), part_of(relation.identifier, "name")
        )
        return settled
