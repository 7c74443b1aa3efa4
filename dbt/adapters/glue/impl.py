"""GlueAdapter: what dbt calls, of schemas, relations and docs here, the rest in groups of methods."""

# ruff: noqa: ARG002 - the signatures are dbt's
from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.events.contextvars import get_node_info
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.tables import OPEN_FORMATS

from dbt.adapters.glue import catalog as data_catalog
from dbt.adapters.glue import constraints, model_config
from dbt.adapters.glue.append_methods import AppendMethods
from dbt.adapters.glue.capabilities import declared
from dbt.adapters.glue.catalog_methods import CatalogMethods
from dbt.adapters.glue.config_methods import ConfigMethods
from dbt.adapters.glue.documentation import documented_columns
from dbt.adapters.glue.documentation_methods import DocumentationMethods
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.freshness_methods import FreshnessMethods
from dbt.adapters.glue.function_methods import FunctionMethods
from dbt.adapters.glue.hudi_methods import HudiMethods
from dbt.adapters.glue.incumbent_methods import IncumbentMethods
from dbt.adapters.glue.lake_formation_methods import LakeFormationMethods
from dbt.adapters.glue.literals import quoted_name
from dbt.adapters.glue.model_methods import ModelMethods
from dbt.adapters.glue.open_table_methods import OpenTableMethods
from dbt.adapters.glue.package_methods import PackageMethods
from dbt.adapters.glue.partition_methods import PartitionMethods
from dbt.adapters.glue.python_methods import PythonModelMethods
from dbt.adapters.glue.python_models.selection import has_python_models, is_about_to_parse
from dbt.adapters.glue.relation import is_temporary, name_of, part_of
from dbt.adapters.glue.replacement import TRIES, join_location
from dbt.adapters.glue.seed_methods import SeedMethods
from dbt.adapters.glue.session_meta import environment_with, session_overrides
from dbt.adapters.glue.staged_tables import ADDED, is_staged_name
from dbt.adapters.glue.synced_views import forget_synced_views
from dbt.adapters.glue.table_comments import comment_text, description_text, with_comments
from dbt.adapters.glue.table_updates import TableChanged, update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.column import GlueColumn
    from dbt.adapters.glue.formats.open_format import OpenFormat

logger = AdapterLogger("Glue")

RUNS_STATEMENTS = frozenset({"build", "retry", "run", "seed", "show", "snapshot", "test"})
"""Commands of dbt that surely run a statement, if they find anything to do."""


class GlueAdapter(
    AppendMethods,
    CatalogMethods,
    ConfigMethods,
    DocumentationMethods,
    FreshnessMethods,
    FunctionMethods,
    HudiMethods,
    IncumbentMethods,
    LakeFormationMethods,
    ModelMethods,
    OpenTableMethods,
    PackageMethods,
    PartitionMethods,
    PythonModelMethods,
    SeedMethods,
):
    """dbt on AWS Glue Interactive Sessions: SQL and Python models in the same sessions."""

    AdapterSpecificConfigs = model_config.GlueConfig

    _capabilities = declared()

    CONSTRAINT_SUPPORT = constraints.SUPPORT  # dbt's own name and shape

    # What dbt asks of any adapter

    def set_relations_cache(
        self,
        relation_configs: Iterable[Any],
        clear: bool = False,
        required_schemas: set[BaseRelation] | None = None,
    ) -> None:
        """Also the one moment before all nodes of a command: configs and Python models are checked together."""
        nodes = list(relation_configs)
        manifest: Any = self.get_macro_resolver()
        # What a command selected is for Jinja alone: the variable `selected_resources`.
        selected = cast("list[str]", self.execute_macro("glue_selected_resources"))
        self.check_selected_configs(nodes, selected)
        if has_python_models(nodes):
            self.python_models.check_selected(nodes, selected, manifest)
        self.table_formats.learn(nodes, set(selected), manifest.sources)
        super().set_relations_cache(nodes, clear, required_schemas)

    def set_macro_context_generator(self, macro_context_generator: Any) -> None:
        """Also the last call before dbt parses: what its parser would refuse is refused in our words.

        And the earliest at which the command is known: what will run statements finds Spark started.
        """
        super().set_macro_context_generator(macro_context_generator)
        if is_about_to_parse():
            self.python_models.check_unparsed()
        if getattr(self.config.args, "which", None) in RUNS_STATEMENTS:
            self.connections.aws.start_spark()

    @classmethod
    def date_function(cls) -> str:
        return "current_timestamp()"

    @classmethod
    def is_cancelable(cls) -> bool:
        return True

    @classmethod
    def quote(cls, identifier: str) -> str:
        return quoted_name(str(identifier))

    def debug_query(self) -> None:
        self.execute("select 1 as id")

    def pre_model_hook(self, config: Mapping[str, Any]) -> None:
        """Gives the node's connection the session that its configs, `meta` and format ask for; else the profile's."""
        self.reads.held = None  # what a node that failed has left
        table_format = str(config.get("file_format") or "").lower()
        if table_format in OPEN_FORMATS:
            # Known before, unless dbt was told not to look at the project's tables (--no-populate-cache).
            self.credentials.need_formats([table_format])
        node = str((get_node_info() or {}).get("unique_id") or "")
        overrides = session_overrides(config, node)
        if overrides or table_format in OPEN_FORMATS:
            self.connections.handle().environment = environment_with(self.credentials, overrides)
        self.prepare_functions(node)

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
        if self.data_catalog.create_database(name, location):
            self.let_sessions_build(name)

    @available.parse_none
    def drop_schema(self, relation: BaseRelation) -> None:
        """Drops a database with its tables. Sessions go on."""
        name = part_of(relation.schema, "schema")
        for table in list(self.data_catalog.tables(name)):
            self.replacement.discard((name, table["Name"]))
        self.data_catalog.delete_database(name)
        self.data_catalog.drop_inner_database(name)
        self.cache.drop_schema(None, name)

    # Relations

    def list_relations_without_caching(self, schema_relation: BaseRelation) -> list[BaseRelation]:
        schema = part_of(schema_relation.schema, "schema")
        return [self.relation_of(schema, table) for table in self._tables(schema)]

    def _tables(self, schema: str) -> Iterator[dict[str, Any]]:
        """The tables and views of a schema, without what is staged for others."""
        for table in self.data_catalog.tables(schema):
            if not is_staged_name(table["Name"]) and not table["Name"].endswith(ADDED):
                yield table

    @available
    def get_relation(
        self,
        database: str | None,
        schema: str,
        identifier: str,
        file_format: str | None = None,  # dbt-glue's; the Data Catalog says it
    ) -> BaseRelation | None:
        found: BaseRelation | None = super().get_relation(None, schema, identifier)
        return found

    @available.parse_none
    def drop_relation(self, relation: BaseRelation) -> None:
        view = f"drop view if exists {relation.render()}"
        if is_temporary(relation):
            self.execute(view)
            return
        if not relation.schema:
            path = {"schema": self._current_database()}
            relation = relation.incorporate(path=path)  # type: ignore[no-untyped-call]
            if self.data_catalog.table(*name_of(relation)) is None:
                self.execute(view)
                return
        forget_synced_views(self.data_catalog, relation)  # type: ignore[arg-type]
        self.cache_dropped(relation)
        self.replacement.discard(name_of(relation))

    def _current_database(self) -> str:
        """Where a session makes what is named without a schema; see glue_session.state.use_database."""
        schema = self.credentials.schema
        return schema if self.data_catalog.database(schema) is not None else "default"

    @available.parse_none
    def rename_relation(self, from_relation: BaseRelation, to_relation: BaseRelation) -> None:
        """Gives a table another name, in the catalog alone (Spark renames none); its data stays where it is.

        Raises DbtRuntimeError where that name is taken, where the old one stays too, and for a table of a format that
        keeps its name.
        """
        self.check_rename(from_relation, to_relation)
        self.replacement.rename(name_of(from_relation), name_of(to_relation))
        self.old_versions.renamed(name_of(from_relation), name_of(to_relation))
        self.cache_renamed(from_relation, to_relation)

    @available.parse_none
    def truncate_relation(self, relation: BaseRelation) -> None:
        """Takes all rows out of a table: Spark's own TRUNCATE is for tables whose place it has chosen."""
        if getattr(relation, "table_format", None) in OPEN_FORMATS:
            self.execute(f"delete from {relation.render()}")  # noqa: S608 - a quoted name
            return
        columns = self.get_columns_in_relation(relation)
        nothing = ", ".join(f"cast(null as {each.data_type}) as {each.quoted}" for each in columns)
        self.execute(f"insert overwrite table {relation.render()} select {nothing} where false")

    @available.parse_list
    def get_columns_in_relation(self, relation: BaseRelation) -> list[GlueColumn]:
        if is_temporary(relation) or not relation.schema:
            asked = f"select * from {relation.render()}"  # noqa: S608 - a quoted name
            return cast("list[GlueColumn]", self.get_column_schema_from_query(asked))
        name = name_of(relation)
        table = self.held_table(name) or self.data_catalog.table(*name)
        if table is None:
            return []
        (found,) = self.with_own_columns(part_of(relation.schema, "schema"), [table])
        return data_catalog.columns_of(found)

    def expand_column_types(self, goal: BaseRelation, current: BaseRelation) -> None:
        """Spark's strings have no length: nothing to widen."""

    # Documentation

    @available.parse_none
    def write_docs(
        self, relation: BaseRelation, description: str | None, columns: Mapping[str, Any]
    ) -> None:
        """Puts descriptions into the Data Catalog; a column that the table lacks is a warning."""
        for _ in range(TRIES):
            if self._write_docs(relation, description, columns):
                return
            logger.info(
                f"{relation} was changed by another run: its descriptions are written again"
            )
        raise DbtRuntimeError(
            f"{relation} was changed by another run each of {TRIES} times that its descriptions were about to be written; "
            "they are as the other left them. Next: run the model again, or not beside the other"
        )

    def _write_docs(
        self, relation: BaseRelation, description: str | None, columns: Mapping[str, Any]
    ) -> bool:
        """Whether they were written, or need not be; not where the table has changed meanwhile."""
        table = self.data_catalog.table(*name_of(relation))
        if table is None:
            return True
        stored, (table,) = table, self.with_own_columns(part_of(relation.schema, "schema"), [table])
        known_columns = documented_columns(columns, table)
        if unknown := [name for name in columns if name not in known_columns]:
            logger.warning(
                f"In relation {relation}: The following columns are specified in the schema but are not present "
                f"in the database: {', '.join(unknown)}"
            )
        comments = {
            name.lower(): str(columns[name].get("description") or "") for name in known_columns
        }
        known = open_format(data_catalog.format_of(table))
        by_commits = known is not None and known.comments_are_commits
        if known is not None and by_commits:
            self._write_docs_by_commits(relation, table, description, comments, known)
        if not by_commits or (
            # The entry is what other tools show of the table, and no commit comes to it.
            known is not None
            and not known.columns_in_catalog
            and description
            and stored.get("Description") != description
        ):
            described = with_comments(stored, description, {} if by_commits else comments)
            # Batches that end together would be in each other's way.
            if described != with_comments(stored, None, {}):
                schema = part_of(relation.schema, "schema")
                try:
                    update(self.data_catalog, schema, described, stored)
                except TableChanged:
                    return False
        return True

    def _write_docs_by_commits(
        self,
        relation: BaseRelation,
        table: Mapping[str, Any],
        description: str | None,
        comments: Mapping[str, str],
        table_format: OpenFormat,
    ) -> None:
        """Through the table's own commits, which would undo what is written beside them; only what differs.

        What is kept in the Data Catalog too is cut to what that takes.
        """
        there = data_catalog.column_comments(table)
        names = {column.name.lower(): column.name for column in data_catalog.columns_of(table)}
        cut = table_format.columns_in_catalog
        texts = {name: comment_text(text) if cut else text for name, text in comments.items()}
        changed = {names[name]: text for name, text in texts.items() if text != there.get(name, "")}
        wanted = description_text(description) if description and cut else description
        found = table.get("Description") if cut else table["Parameters"].get("comment")
        comment = None if not wanted or wanted == found else wanted
        if changed or comment is not None:
            self.connections.handle().call(
                "write_comments",
                {"table": relation.render(), "columns": changed, "comment": comment},
            )

    # For dbt's own tests

    def run_sql_for_tests(self, sql: str, fetch: str, conn: Any) -> Any:
        cursor = conn.handle.cursor()
        cursor.execute(sql, fetch=fetch != "None")
        if fetch == "one":
            return cursor.fetchone()
        return cursor.fetchall() if fetch == "all" else None
