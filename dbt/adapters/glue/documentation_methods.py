"""The adapter's methods about `dbt docs generate`: one sweep of each schema, and one table of what was found."""

from __future__ import annotations

from concurrent.futures import as_completed
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError
from dbt_common.utils.executor import executor

from dbt.adapters.glue.documentation import catalog_rows, catalog_table, documentation_table
from dbt.adapters.glue.relation import name_of, part_of
from dbt.adapters.glue.staged_tables import ADDED, is_staged_name
from dbt.adapters.glue.table_log_methods import TableLogMethods

if TYPE_CHECKING:
    from collections.abc import Iterable

    import agate
    from dbt.adapters.base.relation import BaseRelation
    from dbt_common.contracts.metadata import CatalogTable

    from dbt.adapters.glue.catalog import Table

    Databases = dict[tuple[str, str], tuple[str | None, ...]]
    """By (schema, table): what a project writes as `database`, which is the schema once more, or nothing."""

__all__ = ["DocumentationMethods"]


class DocumentationMethods(TableLogMethods):
    """What the Data Catalog knows of the project's tables. dbt's own way merges and filters tables of rows, which takes long."""

    def get_catalog(
        self,
        relation_configs: Iterable[Any],
        used_schemas: frozenset[tuple[str, str]],  # noqa: ARG002 - dbt's signature
    ) -> tuple[agate.Table, list[Exception]]:
        """The columns of all tables in the schemas of the nodes, and the errors of schemas that could not be read."""
        relations = self._get_catalog_relations(relation_configs)
        schemas = {part_of(relation.schema, "schema").lower() for relation in relations}
        return self._documentation_of(dict.fromkeys(schemas), _databases_of(relations))

    def get_filtered_catalog(
        self,
        relation_configs: Iterable[Any],
        used_schemas: frozenset[tuple[str, str]],
        relations: set[BaseRelation] | None = None,
    ) -> tuple[agate.Table, list[Exception]]:
        """The same for `relations` alone, where they are given."""
        if relations is None:
            return self.get_catalog(relation_configs, used_schemas)
        wanted: dict[str, set[str] | None] = {}
        for relation in relations:
            schema, name = name_of(relation)
            names = wanted.setdefault(schema, set())
            if names is not None:
                names.add(name)
        return self._documentation_of(wanted, _databases_of(relations))

    def get_catalog_by_relations(
        self,
        used_schemas: frozenset[tuple[str, str]],
        relations: set[BaseRelation],
    ) -> tuple[agate.Table, list[Exception]]:
        """The same, as dbt asks for it where it has nothing but relations."""
        return self.get_filtered_catalog((), used_schemas, relations)

    def get_catalog_for_single_relation(self, relation: BaseRelation) -> CatalogTable | None:
        """What the documentation tells of one table or view; None where it is not there."""
        schema, name = name_of(relation)
        table = self.data_catalog.table(schema, name)
        if table is None:
            return None
        (found,) = self.with_own_columns(schema, [table])
        return catalog_table(schema, found, relation.database or None)

    def _documentation_of(
        self, wanted: dict[str, set[str] | None], databases: Databases
    ) -> tuple[agate.Table, list[Exception]]:
        """Of the named tables by schema, or of all that are no staged ones, where no names are given."""
        rows: list[list[Any]] = []
        errors: list[Exception] = []
        with executor(self.config) as pool:
            futures = {
                pool.submit(self._tables_of, schema, names): schema
                for schema, names in sorted(wanted.items())
            }
            for future in as_completed(futures):
                schema = futures[future]
                try:
                    tables = self.with_own_columns(schema, future.result())
                except DbtRuntimeError as error:
                    errors.append(error)
                else:
                    rows += [
                        row
                        for table in tables
                        for database in databases.get((schema, table["Name"].lower()), (None,))
                        for row in catalog_rows(schema, table, database)
                    ]
        return documentation_table(rows), errors

    def _tables_of(self, schema: str, names: set[str] | None) -> list[Table]:
        if names is None:
            tables = self.data_catalog.tables(schema)
            return [
                table
                for table in tables
                if not is_staged_name(table["Name"]) and not table["Name"].endswith(ADDED)
            ]
        return self.data_catalog.tables_named(schema, names)


def _databases_of(relations: Iterable[BaseRelation]) -> Databases:
    found: dict[tuple[str, str], dict[str | None, None]] = {}
    for relation in relations:
        database = relation.database.lower() if relation.database else None
        found.setdefault(name_of(relation), {})[database] = None
    return {name: tuple(databases) for name, databases in found.items()}
