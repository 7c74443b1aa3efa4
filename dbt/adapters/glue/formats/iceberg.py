"""Apache Iceberg: tables in a catalog of Spark's own, which is Glue's.

Sources: AWS Glue's guide ("Using the Iceberg framework in AWS Glue"), Iceberg's on its AWS integrations.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.formats.iceberg_snapshots import last_change
from dbt.adapters.glue.formats.open_format import OpenFormat
from dbt.adapters.glue.literals import quoted_name
from dbt.adapters.glue.maintenance import maintenance_calls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.table_files import TableFiles

__all__ = ["Iceberg"]

_TRANSFORM = re.compile(r"\s*(?P<name>[A-Za-z]+)\s*\(\s*(?P<arguments>[^()]*?)\s*\)\s*")
_BY_TIME = {
    name: f"{unit}s" for unit in ("year", "month", "day", "hour") for name in (unit, f"{unit}s")
}
_BY_NUMBER = ("bucket", "truncate")


class Iceberg(OpenFormat):
    name = "iceberg"
    title = "Apache Iceberg"
    provider = "iceberg"
    extension = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"

    def catalog(self, credentials: GlueCredentials) -> str | None:
        return credentials.iceberg_catalog

    def conf(self, credentials: GlueCredentials, given: Mapping[str, str]) -> dict[str, str]:
        conf = {}
        catalog = f"spark.sql.catalog.{credentials.iceberg_catalog or 'spark_catalog'}"
        if catalog not in given and credentials.iceberg_catalog:
            conf[catalog] = "org.apache.iceberg.spark.SparkCatalog"
            conf[f"{catalog}.catalog-impl"] = "org.apache.iceberg.aws.glue.GlueCatalog"
            conf[f"{catalog}.io-impl"] = "org.apache.iceberg.aws.s3.S3FileIO"
            if credentials.warehouse:
                conf[f"{catalog}.warehouse"] = credentials.warehouse
        # What one session of dbt wrote, the next one must read: a cached table may be 30 seconds old.
        conf[f"{catalog}.cache-enabled"] = "false"
        return conf

    def check(self, config: Mapping[str, Any]) -> None:
        if config.get("clustered_by"):
            raise CompilationError(
                f"`clustered_by` is of formats of files; for {self.name} write it into partition_by: bucket(n, column)"
            )

    def partition_field(self, entry: str) -> str:
        """A column or a transform: `days(ts)`, `bucket(16, id)` and so on as in Iceberg's SQL, in either number of the word."""
        match = _TRANSFORM.fullmatch(entry)
        if match is None:
            return quoted_name(entry)
        name = match["name"].lower()
        arguments = [_unquoted(part.strip()) for part in match["arguments"].split(",")]
        if name in _BY_TIME and len(arguments) == 1 and arguments[0]:
            return f"{_BY_TIME[name]}({quoted_name(arguments[0])})"
        if name in _BY_NUMBER and len(arguments) == 2:
            number, column = arguments if arguments[0].isdigit() else reversed(arguments)
            if number.isdigit() and int(number) > 0 and column:
                return f"{name}({int(number)}, {quoted_name(column)})"
        raise CompilationError(
            f"partition_by: {entry!r} is no transform of Iceberg's: years(c), months(c), days(c), hours(c), "
            "bucket(n, c) or truncate(n, c)"
        )

    def last_change(
        self,
        location: str,  # noqa: ARG002 - where its metadata is may be elsewhere
        parameters: Mapping[str, str],
        files: TableFiles,
    ) -> datetime | None:
        """That of the newest snapshot which is neither a compaction nor an append of no rows."""
        return last_change(parameters.get("metadata_location") or "", files)

    def maintenance(self, config: Mapping[str, Any], catalog: str, table: str) -> list[str]:
        return maintenance_calls(config, catalog, table)


def _unquoted(name: str) -> str:
    """A name as it is, from SQL with or without backticks."""
    if len(name) > 2 and name[0] == name[-1] == "`":
        return name[1:-1].replace("``", "`")
    return name
