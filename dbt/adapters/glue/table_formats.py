"""Which tables of a project are in which format, and what Spark must know of each: read before anything runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.tables import DEFAULT_FORMAT, ICEBERG, OPEN_FORMATS, S3_TABLES

from dbt.adapters.glue.catalog import format_of
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.named_twice import without_doubled_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.inner_catalog import NestedCatalog

__all__ = ["TableFormats"]

_STORED = frozenset({"model", "seed", "snapshot"})
_WITHOUT_TABLE = frozenset({"view", "ephemeral", "materialized_view"})
_SCHEMAS_AT_ONCE = 8


class TableFormats:
    """The formats of a project's tables: a node's by its configs, a source's by the Data Catalog.

    Nothing is looked up while dbt parses; `learn` looks at what a command is about to read.
    """

    def __init__(self, credentials: Callable[[], GlueCredentials], catalog: NestedCatalog) -> None:
        self._credentials = credentials
        self._catalog = catalog
        self.settle: Callable[[Any], str | None] = lambda node: node.config.get("file_format")
        """Gives the `file_format` that a node asks for, by itself or by its catalog."""
        self.learned = False
        self._sources: dict[tuple[str, str], str | None] = {}
        self._nodes: dict[tuple[str, str], str | None] = {}
        self._seen: dict[tuple[str, str], str | None] = {}

    def of(self, relation_config: Any) -> str | None:
        """The format of a node's or a source's table; None where nobody knows, and of views."""
        kind = str(relation_config.resource_type)
        if kind == "source":
            return self.of_name(*_name_of(relation_config))
        if kind not in _STORED:
            return None
        config = relation_config.config
        if config.get("materialized") in _WITHOUT_TABLE:
            return None
        chosen = self.settle(relation_config)
        if not chosen and kind == "seed":
            chosen = (config.get("meta") or {}).get("seed_format")
            chosen = chosen or self._credentials().seed_format
        found = str(chosen or DEFAULT_FORMAT).lower()
        if found == S3_TABLES:
            # Where it is looked for, also in a command that was told not to look at the project's tables.
            self._nodes.setdefault(_name_of(relation_config), found)
        return found

    def of_name(self, schema: str, identifier: str) -> str | None:
        """The format of the table of a name, where a node makes it or the Data Catalog was seen to have it."""
        name = schema.lower(), identifier.lower()
        found = [known[name] for known in (self._nodes, self._sources, self._seen) if name in known]
        return next((table_format for table_format in found if table_format), None)

    def note(self, schema: str, identifier: str, table_format: str | None) -> None:
        """Remembers what the Data Catalog has under a name."""
        self._seen[schema.lower(), identifier.lower()] = table_format

    def catalog_of(self, table_format: str | None) -> str | None:
        """Spark's catalog in which tables of a format are named; None for its own."""
        known = open_format(table_format)
        return None if known is None else known.catalog(self._credentials())

    def named_once(self, sql: str) -> str:
        """A statement in which no relation of the project has the catalog of Iceberg tables before it twice."""
        catalog = self._credentials().iceberg_catalog
        return without_doubled_catalog(sql, catalog, self._is_view) if catalog else sql

    def learn(self, nodes: Iterable[Any], selected: Collection[str], sources: Any) -> None:
        """Looks at the sources that the selected nodes read, and has sessions know every open format that occurs.

        `sources` are dbt's, by unique id.
        """
        self.learned = True
        nodes = list(nodes)
        read = {
            unique_id
            for node in nodes
            if node.unique_id in selected
            for unique_id in getattr(getattr(node, "depends_on", None), "nodes", ())
            if unique_id in sources
        } | {each for each in selected if each in sources and _is_queried(sources[each])}
        self.look_up(sources[unique_id] for unique_id in sorted(read))
        self._nodes = {_name_of(node): self.of(node) for node in nodes}
        self._need(self._nodes.values())

    def look_up(self, sources: Iterable[Any]) -> None:
        """Asks the Data Catalog for the formats of sources that are not known yet, schema by schema.

        Sessions know the open ones among them.
        """
        unknown: dict[str, set[str]] = {}
        for schema, name in {_name_of(source) for source in sources} - self._sources.keys():
            unknown.setdefault(schema, set()).add(name)
        if not unknown:
            return
        with ThreadPoolExecutor(min(_SCHEMAS_AT_ONCE, len(unknown))) as pool:
            found = pool.map(self._catalog.tables_named, unknown, unknown.values())
            for (schema, names), tables in zip(unknown.items(), found, strict=True):
                formats = {table["Name"].lower(): format_of(table) for table in tables}
                self._sources.update({(schema, name): formats.get(name) for name in names})
        self._need(self._sources.values())

    def _is_view(self, schema: str, identifier: str) -> bool:
        return self._nodes.get((schema.lower(), identifier.lower()), DEFAULT_FORMAT) is None

    # As an InnerCatalog

    @property
    def catalog_id(self) -> str | None:
        """That of the profile's table bucket, where it names one or the project has tables in one."""
        credentials = self._credentials()
        bucket = credentials.table_bucket
        if bucket is None or not (bucket.named or S3_TABLES in credentials.formats):
            return None
        return bucket.catalog_id

    def has(self, database: str, table: str) -> bool | None:
        """Whether a table is one of the table bucket's, by its node, or else by where it was found; None for others."""
        name = database.lower(), table.lower()
        found = self._nodes[name] if name in self._nodes else self.of_name(*name)
        return None if found is None and name not in self._nodes else found == S3_TABLES

    def _need(self, formats: Iterable[str | None]) -> None:
        found = set(formats)
        bucket = self._credentials().table_bucket
        if (
            ICEBERG in found
            and bucket
            and bucket.spark_catalog == self._credentials().iceberg_catalog
        ):
            raise DbtRuntimeError(
                f"the profile's `conf` makes {bucket.spark_catalog} the catalog of the table bucket {bucket.name} "
                "(glue.id), and there are tables in the format iceberg, which are in the account's own. Next: give those "
                "another catalog (`custom_iceberg_catalog_namespace: iceberg`), write `file_format: s3tables`, or leave "
                f"glue.id out of `conf` and set `s3_tables_bucket: {bucket.name}`"
            )
        self._credentials().need_formats(name for name in OPEN_FORMATS if name in found)


def _is_queried(source: Any) -> bool:
    """Whether a session tells how fresh a source is. Of others the Data Catalog, or their log, is asked by dbt."""
    fields = ("loaded_at_field", "loaded_at_query")  # the latter of dbt-core 1.10 and later
    return any(getattr(source, field, None) is not None for field in fields)


def _name_of(relation_config: Any) -> tuple[str, str]:
    return str(relation_config.schema).lower(), str(relation_config.identifier).lower()
