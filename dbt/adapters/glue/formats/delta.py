"""Delta Lake: tables in Spark's own catalog, which is Delta's then; the log of a table says what it is.

Sources: AWS Glue's guide ("Using the Delta Lake framework in AWS Glue"), Delta Lake's documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.formats.open_format import OpenFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Delta"]

_ICEBERGS = ("expire_snapshots", "remove_orphan_files")
_MAPPING = "delta.columnMapping.mode"
_WIDENING = "delta.enableTypeWidening"


class Delta(OpenFormat):
    name = "delta"
    title = "Delta Lake"
    provider = "delta"
    extension = "io.delta.sql.DeltaSparkSessionExtension"
    session_catalog = "org.apache.spark.sql.delta.catalog.DeltaCatalog"
    # CREATE OR REPLACE TABLE AS SELECT fails with Delta 3.3.2 on Spark 3.5.6, which Glue 5.1 lists.
    creates_or_replaces = False
    # Said, because a session may have it otherwise: all of the table is replaced.
    overwrite_options: ClassVar[Mapping[str, str]] = {
        "overwriteSchema": "true",
        "partitionOverwriteMode": "static",
    }
    columns_in_catalog = False

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        asked = [name for name in _ICEBERGS if config.get(name)]
        if asked:
            raise CompilationError(
                f"{' and '.join(asked)}: of Iceberg, which delta tables do not have; Delta's own is "
                "`post_hook: vacuum {{ this }}`"
            )

    def preparations(
        self,
        relation: str,
        dropped: Sequence[str],
        widened: Sequence[str],
        properties: Callable[[], Mapping[str, str]],
    ) -> Sequence[str]:
        """Nothing: columns go, and types widen, only in tables that say so themselves.

        For both the table's files no longer say what its columns are, and readers that do not know it show wrong values:
        of a table with mapped names deltalake 1.6 and DuckDB 1.5 show columns as NULL.
        """
        if not dropped and not widened:
            return ()
        there = properties()
        if widened and there.get(_WIDENING) != "true":
            raise CompilationError(
                f"{relation}: the type of {', '.join(widened)} cannot change in a delta table without type widening, "
                f"which not every reader knows. Run with --full-refresh, cast in the model, or run: "
                f"alter table {relation} set tblproperties ('{_WIDENING}' = 'true')"
            )
        if dropped and there.get(_MAPPING, "none") == "none":
            raise CompilationError(
                f"{relation}: {', '.join(dropped)} cannot be dropped from a delta table whose names are not mapped, and "
                "not every reader knows mapped names. Run with --full-refresh, use append_new_columns, or run: "
                f"alter table {relation} set tblproperties ('{_MAPPING}' = 'name')"
            )
        return ()

    def last_change(self, relation: str) -> str:
        return f"describe history {relation} limit 1"

    def moment(self, timestamp: object, version: int | str | None) -> str:
        if timestamp is None and not str(version).isdigit():
            raise CompilationError(
                f"as_of(version={version!r}): versions of a delta table are numbers, as `describe history` shows them"
            )
        return super().moment(timestamp, version if timestamp is not None else int(str(version)))
