"""The adapter's methods that macros written for dbt-glue call: each works, or is an error that says what to do instead."""

from __future__ import annotations

import re
import textwrap
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.tables import ICEBERG, S3_TABLES

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.catalog import data_location, format_of, is_view
from dbt.adapters.glue.literals import string_literal
from dbt.adapters.glue.maintenance import maintenance_calls
from dbt.adapters.glue.model_config import table_root
from dbt.adapters.glue.relation import name_of
from dbt.adapters.glue.session_meta import environment_with

if TYPE_CHECKING:
    import agate
    from dbt.adapters.base.relation import BaseRelation

    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["ALIASES", "NOT_HERE", "IncumbentMethods"]

logger = AdapterLogger("Glue")

_UNSET = (None, "", "empty")
"""dbt-glue's word for a place that is not given."""

# dbt-glue's own class in its sessions: code that it runs has to end with a call of it.
_SQL_WRAPPER = """\
class SqlWrapper2:
    @classmethod
    def execute(cls, sql, output=True, use_arrow=False, location=""):
        for part in sql.split("dbt_next_query"):
            if part.strip():
                frame = spark.sql(part)
        return frame

"""

NOT_HERE: dict[str, str] = {
    "create_csv_table": "a seed's rows go to the session as data: leave the macros of seeds to the adapter",
    "delta_create_table": "a model in Delta is made by the materializations `table` and `incremental`",
    "delta_update_manifest": (
        "Athena reads Delta by the table's own log; a manifest can be made in a post-hook "
        "(generate symlink_format_manifest for table delta.`s3://…`)"
    ),
    "hudi_merge_table": "a model in Hudi is written by the materialization `incremental`",
}
"""Methods of dbt-glue's that only its own macros call: what to do instead."""

ALIASES = {"execute_pyspark": "execute_python", "glue_rename_relation": "rename_relation"}
"""dbt-glue's names of methods that have another one here, by which they are to be called."""


class IncumbentMethods(AdapterParts):
    """dbt-glue 1.12's `@available` methods, beside those that have the same name and meaning in dbt."""

    @cached_property
    def _aliases_told(self) -> set[str]:
        return set()

    def _tell_alias(self, old: str) -> None:
        if old not in self._aliases_told:
            self._aliases_told.add(old)
            logger.warning(f"adapter.{old} is dbt-glue's word: write adapter.{ALIASES[old]}")

    @available.parse_none
    def execute_pyspark(self, codeblock: str) -> str:
        """dbt-glue's `execute_python`: code in the thread's session, indented as it may be in a macro.

        Raises DbtRuntimeError with the session's traceback, which dbt-glue writes into its log.
        """
        self._tell_alias("execute_pyspark")
        code = textwrap.dedent(codeblock)
        if "SqlWrapper2" in code:
            code = _SQL_WRAPPER + code
        return self.python_models.execute(code, None)

    @available.parse_none
    def describe_table(self, relation: BaseRelation) -> agate.Table:
        """What Spark's DESCRIBE TABLE says: rows of col_name, data_type and comment."""
        _, table = self.execute(f"describe table {relation.render()}", fetch=True)
        return table

    @available.parse(lambda *_args, **_kwargs: "")
    def get_location(
        self,
        relation: GlueRelation,
        custom_location: str | None = "empty",
        as_clause: bool = True,
        trailing_slash: bool = False,
    ) -> str:
        """Where the data of a table is, or, of one that is not there yet, where its folder will be.

        As SQL's LOCATION clause, unless `as_clause` is false.
        """
        table = self.data_catalog.table(*name_of(relation))
        if custom_location not in _UNSET:
            place = str(custom_location).rstrip("/")
        elif table is not None and not is_view(table):
            place = data_location(table).rstrip("/")
        else:
            place = table_root(self.credentials, relation, {}, self.database_location)
        place += "/" if trailing_slash else ""
        return f"LOCATION {string_literal(place)}" if as_clause else place

    @available.parse_none
    def get_table_type(self, relation: GlueRelation, file_format: str | None = None) -> str | None:
        """`iceberg_table` (also of a table bucket), `table` or `view`; None for what is not there."""
        del file_format  # the Data Catalog says it
        table = self.data_catalog.table(*name_of(relation))
        if table is None:
            return None
        if format_of(table) in (ICEBERG, S3_TABLES):
            return "iceberg_table"
        return "view" if is_view(table) else "table"

    @available
    def get_custom_iceberg_catalog_namespace(self) -> str | None:
        return self.credentials.iceberg_catalog

    @available.parse_none
    def iceberg_expire_snapshots(self, relation: GlueRelation) -> None:
        """Every snapshot of a table but the current one expires."""
        catalog = relation.catalog or self.credentials.iceberg_catalog or "spark_catalog"
        table = f"{relation.schema}.{relation.identifier}"
        if (
            ICEBERG not in self.credentials.formats
        ):  # `dbt run-operation` looks at no table of the project
            self.credentials.need_formats([ICEBERG])
            self.connections.handle().environment = environment_with(self.credentials, {})
        for call in maintenance_calls({"iceberg_expire_snapshots": True}, catalog, table):
            self.execute(call)

    @available.parse_none
    def glue_rename_relation(self, from_relation: BaseRelation, to_relation: BaseRelation) -> None:
        self._tell_alias("glue_rename_relation")
        self.rename_relation(from_relation, to_relation)  # type: ignore[no-untyped-call]

    @available.parse(lambda *_args, **_kwargs: "")
    def duplicate_view(self, from_relation: BaseRelation, to_relation: BaseRelation) -> str:
        """The statement that makes a view of the same query under another name."""
        _, rows = self.execute(f"show create table {from_relation.render()}", fetch=True)
        made = str(rows[0][0])
        return re.sub(
            r"(?is)^(\s*create\s+view\s+)(?:`[^`]*`|[^\s`(])+",
            lambda found: found[1] + to_relation.render(),
            made,
            count=1,
        )

    @available.parse_none
    def create_csv_table(self, *_args: Any, **_kwargs: Any) -> None:
        _not_here("create_csv_table")

    @available.parse_none
    def delta_create_table(self, *_args: Any, **_kwargs: Any) -> None:
        _not_here("delta_create_table")

    @available.parse_none
    def delta_update_manifest(self, *_args: Any, **_kwargs: Any) -> None:
        _not_here("delta_update_manifest")

    @available.parse_none
    def hudi_merge_table(self, *_args: Any, **_kwargs: Any) -> None:
        _not_here("hudi_merge_table")


def _not_here(name: str) -> NoReturn:
    raise DbtRuntimeError(f"adapter.{name} is dbt-glue's own, and not here: {NOT_HERE[name]}")
