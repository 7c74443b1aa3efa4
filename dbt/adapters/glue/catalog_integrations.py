"""catalogs.yml: the catalogs of dbt's that a node may name by `catalog_name`, under the names that dbt-athena gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbt.adapters.catalogs import (  # type: ignore[attr-defined]
    CatalogIntegration,
    CatalogRelation,
    InvalidCatalogIntegrationConfigError,
)
from glue_compiler.knowledge.tables import (
    DEFAULT_FORMAT,
    ICEBERG,
    OPEN_FORMATS,
    S3_TABLES,
    TABLE_FORMATS,
)

from dbt.adapters.glue.table_buckets import PATTERN

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "GLUE",
    "INFO_SCHEMA",
    "INTEGRATIONS",
    "GlueCatalogRelation",
    "GlueIntegration",
    "integration_config",
]

_HIVE = "hive"
_FORMATS_OF_FILES = tuple(name for name in TABLE_FORMATS if name not in OPEN_FORMATS)
_ICEBERGS_FILES = tuple(
    name for name in _FORMATS_OF_FILES if name in {DEFAULT_FORMAT, "orc", "avro"}
)
_ACCOUNTS_OWN = "awsdatacatalog"


@dataclass
class GlueCatalogRelation(CatalogRelation):
    """What a catalog says of a table: the format of the table, that of its files, and below which place it is."""

    catalog_type: str
    catalog_name: str | None
    table_format: str | None
    file_format: str | None
    external_volume: str | None
    catalog_database: str | None


class GlueIntegration(CatalogIntegration):
    """An entry of catalogs.yml. Raises InvalidCatalogIntegrationConfigError for one that says what cannot be."""

    catalog_type = "glue"
    table_format = ICEBERG
    file_format = DEFAULT_FORMAT
    allows_writes = True

    table_formats: tuple[str, ...] = (*(n for n in OPEN_FORMATS if n != S3_TABLES), _HIVE)

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.table_format = str(self.table_format).lower()
        self.file_format = str(self.file_format or type(self).file_format).lower()
        self._check("table_format", self.table_format, self.table_formats)
        self._check("file_format", self.file_format, self._files)
        given = dict(getattr(config, "adapter_properties", None) or {})
        # dbt-core 1.11 takes no other key of an entry.
        self.catalog_database = self.catalog_database or given.pop("catalog_database", None)
        self._check_place()
        others = set(given) - {"catalog_database"}
        if others:
            self._refuse(
                f"adapter_properties has {', '.join(sorted(others))}, and this adapter reads none: leave them out; "
                "properties of a table are the node's `table_properties`"
            )

    @property
    def _files(self) -> tuple[str, ...]:
        if self.table_format == _HIVE:
            return _FORMATS_OF_FILES
        return _ICEBERGS_FILES if self.table_format == ICEBERG else (DEFAULT_FORMAT,)

    def _check(self, key: str, value: str, allowed: tuple[str, ...]) -> None:
        if value not in allowed:
            self._refuse(f"{key} is {value!r}; one of {', '.join(allowed)}")

    def _check_place(self) -> None:
        database = self.catalog_database
        if database is not None and database.lower() != _ACCOUNTS_OWN:
            self._refuse(
                f"catalog_database is {database!r}; tables are in the account's own Data Catalog ({_ACCOUNTS_OWN}), "
                "or, with the type s3_tables, in a table bucket"
            )

    def _refuse(self, why: str) -> None:
        raise InvalidCatalogIntegrationConfigError(self.name, why)

    @property
    def stored_as(self) -> str:
        """What this adapter's config `file_format` calls the format of the catalog's tables."""
        return str(self.file_format if self.table_format == _HIVE else self.table_format)

    def properties(self) -> Mapping[str, str]:
        """Properties of the catalog's tables: Iceberg writes Parquet unless it is told otherwise."""
        if self.table_format != ICEBERG or self.file_format == DEFAULT_FORMAT:
            return {}
        return {"write.format.default": str(self.file_format)}

    def build_relation(self, config: Any) -> GlueCatalogRelation:
        del config
        return GlueCatalogRelation(
            catalog_type=self.catalog_type,
            catalog_name=self.catalog_name,
            table_format=self.table_format,
            file_format=self.file_format,
            external_volume=self.external_volume,
            catalog_database=self.catalog_database,
        )


class InfoSchemaIntegration(GlueIntegration):
    """Tables of files, which is what a node makes that names no catalog."""

    catalog_type = "info_schema"
    table_format = _HIVE
    file_format = DEFAULT_FORMAT
    table_formats = (_HIVE,)


class S3TablesIntegration(GlueIntegration):
    """A table bucket: `catalog_database` is s3tablescatalog/<bucket>, or nothing where the profile names it."""

    catalog_type = "s3_tables"
    table_formats = (ICEBERG,)

    @property
    def stored_as(self) -> str:
        return S3_TABLES

    def _check_place(self) -> None:
        if self.external_volume:
            self._refuse(
                f"external_volume is {self.external_volume!r}; S3 says where a table of a table bucket is: leave it out"
            )
        database = self.catalog_database
        if database is not None and not PATTERN.fullmatch(database):
            self._refuse(
                f"catalog_database is {database!r}; write s3tablescatalog/<name of the table bucket>"
            )


INTEGRATIONS = (GlueIntegration, InfoSchemaIntegration, S3TablesIntegration)


@dataclass
class _Config:
    """A catalog as dbt gives it to an adapter (CatalogIntegrationConfig)."""

    name: str
    catalog_type: str
    catalog_name: str | None = None
    table_format: str | None = None
    external_volume: str | None = None
    file_format: str | None = None
    catalog_database: str | None = None
    adapter_properties: dict[str, Any] = field(default_factory=dict)


INFO_SCHEMA = _Config("info_schema", "info_schema", "info_schema")
GLUE = _Config("glue", "glue", "glue")
"""The catalogs that are there without a file; their names are taken, as in dbt-athena."""

_V2_FORMATS = {"default": None, ICEBERG: ICEBERG}


def integration_config(catalog: Any, adapter_type: str) -> _Config:
    """An entry of catalogs.yml v2 as one of v1: what it says under `config` of this adapter, else of dbt-athena.

    Raises InvalidCatalogIntegrationConfigError for one of a `table_format` that is not there.
    """
    written = str(catalog.table_format.value)
    if written not in _V2_FORMATS:
        raise InvalidCatalogIntegrationConfigError(
            catalog.name, f"table_format is {written!r}; one of {', '.join(_V2_FORMATS)}"
        )
    chosen = next((key for key in (adapter_type, "athena") if key in catalog.config), adapter_type)
    block = dict(catalog.config.get(chosen) or {})
    known = {key: block.pop(key, None) for key in _BLOCK}
    default = _HIVE if catalog.catalog_type == GlueIntegration.catalog_type else None
    return _Config(
        name=catalog.name,
        catalog_type=catalog.catalog_type,
        catalog_name=catalog.name,
        table_format=_V2_FORMATS[written] or default,
        adapter_properties=block,
        **{key: None if value is None else str(value) for key, value in known.items()},
    )


_BLOCK = ("external_volume", "file_format", "catalog_database")
