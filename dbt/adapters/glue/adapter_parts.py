"""What all groups of the adapter's methods work with: the profile, the sessions, the catalog, the Python models."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from dbt.adapters.contracts.relation import RelationType
from dbt.adapters.sql.impl import SQLAdapter

from dbt.adapters.glue.catalog import format_of, is_view
from dbt.adapters.glue.catalog_configs import CatalogConfigs
from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.connections import GlueConnectionManager
from dbt.adapters.glue.functions import ProjectFunctions
from dbt.adapters.glue.inner_catalog import NestedCatalog
from dbt.adapters.glue.lake_formation.tags import DatabaseTags
from dbt.adapters.glue.old_versions import OldVersions, unknown_seconds
from dbt.adapters.glue.python_models.models import PythonModels
from dbt.adapters.glue.python_models.project import RunningProject
from dbt.adapters.glue.python_models.selection import is_about_to_parse
from dbt.adapters.glue.relation import GlueRelation
from dbt.adapters.glue.replacement import Replacement
from dbt.adapters.glue.staged_tables import Makers
from dbt.adapters.glue.table_files import TableFiles
from dbt.adapters.glue.table_formats import TableFormats
from dbt.adapters.glue.writers import Writers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = ["AdapterParts"]


class AdapterParts(SQLAdapter):
    """dbt's SQL adapter with Glue's parts in it; each is made when it is first used."""

    Relation = GlueRelation
    Column = GlueColumn
    ConnectionManager = GlueConnectionManager

    connections: GlueConnectionManager

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.table_formats = TableFormats(lambda: self.credentials, self.data_catalog)
        self.catalog_configs = CatalogConfigs(
            lambda name: self.catalog_integration(name),
            lambda: self.credentials,
            is_about_to_parse,
        )
        self.table_formats.settle = self.catalog_configs.settle
        # dbt makes relations of `adapter.Relation` wherever it needs one, without asking the adapter.
        self.Relation = GlueRelation.of_project(self.table_formats)
        self.database_tags = DatabaseTags()
        self.connections.as_sent = self.table_formats.named_once
        # Here, as threads meet in it.
        self.writers = Writers()
        # By thread, the name of the table that its node builds, and the table as it was read for it; and whether there
        # were rows to be added to it.
        self.reads = threading.local()
        self.old_versions = OldVersions(
            lambda: self.data_catalog,
            lambda: self.connections.aws.catalog_name,
            self.connections.run,
            lambda: self.connections.aws.sessions.living_sessions(),
            self.credentials.old_version_retention_in_minutes,
            self.credentials.temp_schema,
            unknown_seconds(self.credentials.query_timeout_in_minutes),
        )
        self.connections.removals = self.old_versions
        self.makers = Makers(
            self.connections.run,
            lambda: self.connections.aws.sessions.living_sessions(),
            unknown_seconds(self.credentials.query_timeout_in_minutes),
        )
        self.functions = ProjectFunctions(
            self.get_macro_resolver,
            self.config,
            lambda wanted, base: self.python_models.packages.environment_of(
                {"packages": wanted}, base
            ),
        )
        self.connections.functions = self.functions

    def catalog_integration(self, name: str) -> Any:
        """A catalog of catalogs.yml by its name. Raises DbtCatalogIntegrationNotFoundError."""
        return self.get_catalog_integration(name)

    @property
    def credentials(self) -> GlueCredentials:
        return cast("GlueCredentials", self.config.credentials)

    def database_location(self, name: str) -> str | None:
        """Where the Data Catalog says that the tables of a database are."""
        database = self.data_catalog.database(name) or {}
        return database.get("LocationUri") or None

    def relation_of(self, schema: str, table: Mapping[str, Any]) -> BaseRelation:
        """The relation of a table or view that the Data Catalog has shown."""
        found = self.Relation.create(
            schema=schema,
            identifier=table["Name"],
            type=RelationType.View if is_view(table) else RelationType.Table,
        )
        table_format = format_of(table)
        self.old_versions.note(schema, table)
        self.table_formats.note(schema, table["Name"], table_format)
        return found.stored_as(table_format)

    @cached_property
    def data_catalog(self) -> NestedCatalog:
        return NestedCatalog(lambda: self.connections.aws.catalog, lambda: self.table_formats)

    @cached_property
    def table_files(self) -> TableFiles:
        return TableFiles(lambda: self.connections.aws.storage)

    @cached_property
    def replacement(self) -> Replacement:
        return Replacement(
            self.data_catalog,
            self.old_versions.remove_later,
            self.makers.is_at_work,
            self.credentials.temp_schema,
        )

    @cached_property
    def python_models(self) -> PythonModels:
        return PythonModels(
            RunningProject.of(self.config), self.credentials, lambda: self.connections.handle()
        )
