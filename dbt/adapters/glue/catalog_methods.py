"""The adapter's methods about catalogs.yml, which dbt hands over entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from dbt.adapters.catalogs import (  # type: ignore[attr-defined]
    DbtCatalogIntegrationNotFoundError,
    InvalidCatalogIntegrationConfigError,
)

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.catalog_integrations import (
    GLUE,
    INFO_SCHEMA,
    INTEGRATIONS,
    S3TablesIntegration,
    integration_config,
)
from dbt.adapters.glue.project_catalogs import active_integrations
from dbt.adapters.glue.table_buckets import PATTERN, bucket_name

if TYPE_CHECKING:
    from dbt.adapters.glue.catalog_integrations import GlueIntegration

__all__ = ["CatalogMethods"]


class CatalogMethods(AdapterParts):
    """dbt's seams for catalogs: what is in them is in `catalog_integrations`, what it means in `catalog_configs`."""

    CATALOG_INTEGRATIONS = INTEGRATIONS

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._catalogs_read = False
        for config in (INFO_SCHEMA, GLUE):
            super().add_catalog_integration(config)

    def add_catalog_integration(self, catalog_integration: Any) -> GlueIntegration:
        """Also names the session's table bucket, where the profile does not.

        Raises InvalidCatalogIntegrationConfigError for another one than the profile's: a session has one.
        """
        self._catalogs_read = True
        added = cast("GlueIntegration", super().add_catalog_integration(catalog_integration))
        database = added.catalog_database
        if isinstance(added, S3TablesIntegration) and database:
            bucket = self.credentials.table_bucket
            if bucket is None or not bucket.named:
                self.credentials.s3_tables_bucket = database
            elif bucket.name != bucket_name(PATTERN.fullmatch(database)):
                raise InvalidCatalogIntegrationConfigError(
                    added.name,
                    f"catalog_database is {database!r}, and sessions have the table bucket {bucket.name} "
                    "(`s3_tables_bucket` in the profile, or another catalog); they have one",
                )
        return added

    def catalog_integration(self, name: str) -> GlueIntegration:
        """A catalog by its name. Some commands of dbt-core read no catalogs.yml before they ask: it is read here then.

        Raises DbtCatalogIntegrationNotFoundError.
        """
        found: GlueIntegration
        try:
            found = self.get_catalog_integration(name)
        except DbtCatalogIntegrationNotFoundError:
            if self._catalogs_read:
                raise
            self._catalogs_read = True
            for config in active_integrations(self.config):
                self.add_catalog_integration(config)
            found = self.get_catalog_integration(name)
        return found

    def bridge_v2_catalog(self, catalog: Any) -> Any:
        return integration_config(catalog, self.type())
