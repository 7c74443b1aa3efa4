"""GlueAdapter: what dbt calls. Short methods that delegate."""

# ruff: noqa: ARG002 - the signatures are dbt's
from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from dbt.adapters.base.impl import ConstraintSupport
from dbt.adapters.base.meta import available
from dbt.adapters.contracts.relation import RelationType
from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.sql.impl import SQLAdapter
from dbt_common.contracts.constraints import ConstraintType

from dbt.adapters.glue import catalog as data_catalog
from dbt.adapters.glue import model_config, seeds
from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.connections import GlueConnectionManager
from dbt.adapters.glue.documentation import CATALOG_COLUMNS, catalog_rows
from dbt.adapters.glue.model_methods import ModelMethods
from dbt.adapters.glue.preflight import check_selected, check_unparsed, is_parsing
from dbt.adapters.glue.relation import GlueRelation, name_of, part_of
from dbt.adapters.glue.replacement import (
    STAGING,
    STAGING_SUFFIXES,
    Replacement,
    join_location,
    new_version,
    owner_properties,
    staged_name,
)
from dbt.adapters.glue.session_meta import environment_with, session_overrides

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import agate
    from dbt.adapters.base.relation import BaseRelation, InformationSchema
    from dbt.adapters.contracts.connection import AdapterResponse

    from dbt.adapters.glue.credentials import GlueCredentials

logger = AdapterLogger("Glue")


class GlueAdapter(ModelMethods, seeds.SeedTypes, SQLAdapter):
    """dbt on AWS Glue Interactive Sessions: SQL and Python models in the same sessions."""

    Relation = GlueRelation
    Column = GlueColumn
    ConnectionManager = GlueConnectionManager
    AdapterSpecificConfigs = model_config.GlueConfig

    connections: GlueConnectionManager

    CONSTRAINT_SUPPORT = dict.fromkeys(  # dbt's own name and shape
        (
            ConstraintType.check,
            ConstraintType.not_null,
            ConstraintType.unique,
            ConstraintType.primary_key,
            ConstraintType.foreign_key,
        ),
        ConstraintSupport.NOT_SUPPORTED,
    )

    @property
    def credentials(self) -> GlueCredentials:
        return cast("GlueCredentials", self.config.credentials)

    @cached_property
    def data_catalog(self) -> data_catalog.DataCatalog:
        return data_catalog.DataCatalog(lambda: self.connections.aws.catalog)

    @cached_property
    def replacement(self) -> Replacement:
        return Replacement(
            self.data_catalog, lambda removal: self.connections.pool.remove_later(removal)
        )

    # What dbt asks of any adapter

    def set_relations_cache(
        self,
        relation_configs: Iterable[Any],
        clear: bool = False,
        required_schemas: set[BaseRelation] | None = None,
    ) -> None:
        nodes = list(relation_configs)
        check_selected(self, nodes)
        super().set_relations_cache(nodes, clear, required_schemas)

    def set_macro_context_generator(self, macro_context_generator: Any) -> None:
        super().set_macro_context_generator(macro_context_generator)
        if is_parsing():
            check_unparsed(self)

    @classmethod
    def date_function(cls) -> str:
        return "current_timestamp()"

    @classmethod
    def is_cancelable(cls) -> bool:
        return True

    @classmethod
    def quote(cls, identifier: str) -> str:
        return "`{}`".format(str(identifier).replace("`", "``"))

    def debug_query(self) -> None:
        self.execute("select 1 as id")

    def pre_model_hook(self, config: Mapping[str, Any]) -> None:
        """Gives the node's connection the session that its `meta` asks for; else the profile's."""
        overrides = session_overrides(config.get("meta") or {})
        if overrides:
            self.connections.handle().environment = environment_with(self.credentials, overrides)

    # Schemas

    def list_schemas(self, database: str | None) -> list[str]:
        return self.data_catalog.databases()

    def check_schema_exists(self, database: str | None, schema: str) -> bool:
        return self.data_catalog.database(schema) is not None

    @available.parse_none
    def create_schema(self, relation: BaseRelation) -> None:
        name = part_of(relation.schema, "schema")
        warehouse = self.credentials.warehouse
        location = None
        if warehouse is not None:
            location = (
                warehouse if self.credentials.root_location else join_location(warehouse, name)
            )
        self.data_catalog.create_database(name, location)

    @available.parse_none
    def drop_schema(self, relation: BaseRelation) -> None:
        """Drops a database with its tables. Sessions go on."""
        name = part_of(relation.schema, "schema")
        for table in list(self.data_catalog.tables(name)):
            self.replacement.discard((name, table["Name"]))
        self.data_catalog.delete_database(name)
        self.cache.drop_schema(None, name)

    # Relations

    def list_relations_without_caching(self, schema_relation: BaseRelation) -> list[BaseRelation]:
        schema = part_of(schema_relation.schema, "schema")
        return [self._relation_of(schema, table) for table in self._tables(schema)]

    def _tables(self, schema: str) -> Iterator[dict[str, Any]]:
        """The tables and views of a schema, without what a killed run left half made."""
        for table in self.data_catalog.tables(schema):
            if not table["Name"].endswith(STAGING_SUFFIXES):
                yield table

    def _relation_of(self, schema: str, table: Mapping[str, Any]) -> BaseRelation:
        return self.Relation.create(
            schema=schema,
            identifier=table["Name"],
            type=RelationType.View if data_catalog.is_view(table) else RelationType.Table,
            table_format=data_catalog.format_of(table),
        )

    @available
    def get_relation(
        self, database: str | None, schema: str, identifier: str
    ) -> BaseRelation | None:
        found: BaseRelation | None = super().get_relation(None, schema, identifier)
        return found

    @available.parse_none
    def drop_relation(self, relation: BaseRelation) -> None:
        self.cache_dropped(relation)
        self.replacement.discard(name_of(relation))

    @available.parse_none
    def rename_relation(self, from_relation: BaseRelation, to_relation: BaseRelation) -> None:
        """Gives a table another name; its data stays where it is."""
        self.cache_renamed(from_relation, to_relation)
        self.replacement.switch(name_of(to_relation), name_of(from_relation))

    @available.parse_none
    def truncate_relation(self, relation: BaseRelation) -> None:
        self.execute(f"truncate table {relation}")

    @available.parse_list
    def get_columns_in_relation(self, relation: BaseRelation) -> list[GlueColumn]:
        table = self.data_catalog.table(*name_of(relation))
        return [] if table is None else data_catalog.columns_of(table)

    def expand_column_types(self, goal: BaseRelation, current: BaseRelation) -> None:
        """Spark's strings have no length: nothing to widen."""

    # Documentation

    def _get_one_catalog(
        self,
        information_schema: InformationSchema,
        schemas: set[str],
        used_schemas: frozenset[tuple[str, str]],
    ) -> agate.Table:
        import agate
        from dbt_common.clients.agate_helper import DEFAULT_TYPE_TESTER

        rows = [
            row
            for schema in sorted(schemas)
            for table in self._tables(schema)
            for row in catalog_rows(schema, table)
        ]
        values = [[row[name] for name in CATALOG_COLUMNS] for row in rows]
        return agate.Table(values, list(CATALOG_COLUMNS), column_types=DEFAULT_TYPE_TESTER)

    @available.parse_none
    def write_docs(
        self, relation: BaseRelation, description: str | None, columns: Mapping[str, Any]
    ) -> None:
        """Puts descriptions into the Data Catalog; a column that the table lacks is a warning."""
        table = self.data_catalog.table(*name_of(relation))
        if table is None:
            return
        there = {column.name.lower() for column in data_catalog.columns_of(table)}
        unknown = [name for name in columns if name.lower() not in there]
        if unknown:
            logger.warning(
                f"{relation} has no column {', '.join(unknown)}, which the model's YAML describes"
            )
        comments = {
            name.lower(): str(columns[name].get("description") or "")
            for name in columns
            if name.lower() in there
        }
        self.data_catalog.update_table(
            part_of(relation.schema, "schema"),
            data_catalog.with_comments(table, description, comments),
        )

    # Replacing tables

    @available.parse(lambda *_args, **_kwargs: GlueRelation.create(schema="", identifier=""))
    def staging_relation(
        self, target: BaseRelation, model: Mapping[str, Any], suffix: str = STAGING
    ) -> BaseRelation:
        """A table to be made beside `target`, with the location of a new version of it.

        A replacement that an earlier run left unfinished under that name is completed first.
        """
        owner = name_of(target)
        schema, identifier = staged_name(owner, suffix, self.credentials.temp_schema)
        if schema != owner[0] and not self.check_schema_exists(None, schema):
            self.create_schema(self.Relation.create(schema=schema))
        root = model_config.table_root(
            self.credentials, target, model.get("config", {}), self._database_location
        )
        staging: BaseRelation = target.incorporate(  # type: ignore[no-untyped-call]
            path={"schema": schema, "identifier": identifier},
            location=join_location(root, new_version()),
            staged_for=".".join(owner),
        )
        self.replacement.settle(owner, name_of(staging))
        return staging

    @available
    def staged_properties(self, relation: BaseRelation) -> dict[str, str]:
        """The table properties by which a staged table is known as that of its target."""
        return owner_properties(relation.staged_for)  # type: ignore[attr-defined]

    def _database_location(self, name: str) -> str | None:
        database = self.data_catalog.database(name) or {}
        return database.get("LocationUri") or None

    @available.parse_none
    def switch(self, target: BaseRelation, staging: BaseRelation) -> None:
        """Makes `target` what `staging` is, in the catalog; then `staging` is no more."""
        self.cache_dropped(target)
        self.replacement.switch(name_of(target), name_of(staging), staging.location)  # type: ignore[attr-defined]
        self.cache_added(target)

    @available.parse_none
    def switch_partitions(self, target: BaseRelation, staging: BaseRelation) -> None:
        """Gives `target` the partitions of `staging`, in place of its own of the same values."""
        self.replacement.switch_partitions(name_of(target), name_of(staging), staging.location)  # type: ignore[attr-defined]

    @available.parse_none
    def discard(self, staging: BaseRelation, target: BaseRelation) -> None:
        """Forgets a staged table and has its data removed, but none that `target` is made of."""
        self.replacement.discard(name_of(staging), used_by=name_of(target))

    @available.parse_none
    def settled_relation(self, relation: BaseRelation) -> BaseRelation | None:
        """The relation as it is now, after what an earlier run left unfinished has been settled."""
        target = name_of(relation)
        for suffix in STAGING_SUFFIXES:
            staging = staged_name(target, suffix, self.credentials.temp_schema)
            self.replacement.settle(target, staging)
        settled: BaseRelation | None = self.get_relation(
            None, part_of(relation.schema, "schema"), part_of(relation.identifier, "name")
        )
        return settled

    # Seeds

    @available
    def seed_columns(
        self, table: agate.Table, column_types: Mapping[str, str] | None
    ) -> list[GlueColumn]:
        inferred = [
            self.convert_type(table, index) or "string" for index in range(len(table.column_names))
        ]
        return seeds.seed_columns(table, inferred, column_types)

    @available
    def seed_settings(self) -> dict[str, Any]:
        """`format` for seeds without a file_format, `append`: whether a seed adds to what is there."""
        return {
            "format": self.credentials.seed_format,
            "append": self.credentials.seed_mode == "append",
        }

    @available.parse_none
    def load_seed(
        self, relation: BaseRelation, ddl: str | None, table: agate.Table, column_types: Any = None
    ) -> str:
        """Makes the table of a seed (by `ddl`) and writes its rows, in as few statements as they fit into."""
        self.connections.handle().call(
            "load_rows",
            {
                "ddl": ddl,
                "table": relation.render(),
                "columns": [column.name for column in self.seed_columns(table, column_types)],
                "rows": seeds.seed_rows(table),
            },
        )
        return f"INSERT {len(table.rows)}"

    # Python models (see python_models.py)

    @property
    def default_python_submission_method(self) -> str:
        return "glue_session"

    @property
    def python_submission_helpers(self) -> dict[str, Any]:
        """dbt's seam for jobs outside the connection; ours run in the model's own session."""
        return {}

    @available.parse_none
    def submit_python_job(
        self, parsed_model: dict[str, Any], compiled_code: str
    ) -> AdapterResponse:
        from dbt.adapters.glue import python_models

        return python_models.submit_python_job(self, parsed_model, compiled_code)

    @available.parse_none
    def execute_python(self, code: str, **kwargs: Any) -> Any:
        from dbt.adapters.glue import python_models

        return python_models.execute_python(self, code, **kwargs)

    @available.parse_none
    def check_python_model(
        self, model: Mapping[str, Any], references: Mapping[str, Any] | None = None
    ) -> Any:
        from dbt.adapters.glue import python_models

        return python_models.check_python_model(self, model, references)

    @available.parse_none
    def python_model_program(self, *args: Any, **kwargs: Any) -> Any:
        from dbt.adapters.glue import python_models

        return python_models.python_model_program(self, *args, **kwargs)

    # For dbt's own tests

    def run_sql_for_tests(self, sql: str, fetch: str, conn: Any) -> Any:
        cursor = conn.handle.cursor()
        cursor.execute(sql, fetch=fetch != "None")
        if fetch == "one":
            return cursor.fetchone()
        return cursor.fetchall() if fetch == "all" else None
