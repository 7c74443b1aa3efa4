"""Amazon S3 Tables: Iceberg tables in a table bucket, which is a catalog of Glue's of its own.

S3 says where a table is, removes what it has no use for, and all of it when the table is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import CompilationError, DbtRuntimeError

from dbt.adapters.glue.formats.iceberg import Iceberg
from dbt.adapters.glue.table_buckets import PARENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.table_buckets import TableBucket

__all__ = ["S3Tables"]

_PLACES = ("custom_location", "location_root")
_TIDYING = ("expire_snapshots", "iceberg_expire_snapshots", "remove_orphan_files")


class S3Tables(Iceberg):
    name = "s3tables"
    title = "Amazon S3 Tables"
    places_tables = True
    log_permissions = "s3tables:GetTableData on it"
    keeps_name = (
        "it is in a table bucket, where Glue renames no table; make a new one from it, and drop it"
    )
    lacks_views = (
        "a table bucket has no views: leave out `file_format: s3tables` (for a folder of models, write it beside "
        "`+materialized: table`). A view is made in the account's own catalog, and may read tables of the table bucket"
    )

    def catalog(self, credentials: GlueCredentials) -> str | None:
        bucket = credentials.table_bucket  # that one is missing is said when sessions are made
        return PARENT if bucket is None else bucket.spark_catalog

    def conf(self, credentials: GlueCredentials, given: Mapping[str, str]) -> dict[str, str]:
        bucket = _bucket(credentials)
        catalog = f"spark.sql.catalog.{bucket.spark_catalog}"
        conf = {f"{catalog}.cache-enabled": "false"}
        if catalog not in given:
            conf[catalog] = "org.apache.iceberg.spark.SparkCatalog"
            conf[f"{catalog}.catalog-impl"] = "org.apache.iceberg.aws.glue.GlueCatalog"
            conf[f"{catalog}.io-impl"] = "org.apache.iceberg.aws.s3.S3FileIO"
            conf[f"{catalog}.glue.id"] = bucket.catalog_id
            conf[f"{catalog}.warehouse"] = bucket.arn
            # S3 takes no DeleteObject there: what Iceberg wants to tidy up is an error, and hides the one before it.
            conf[f"{catalog}.s3.delete-enabled"] = "false"
        return conf

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        for name in _PLACES:
            if config.get(name):
                raise CompilationError(
                    f"`{name}` is not there for {self.name}: S3 says where a table of a table bucket is. Leave it out"
                )
        for name in _TIDYING:
            if config.get(name):
                raise CompilationError(
                    f"`{name}` is not there for {self.name}: S3 expires snapshots and removes files by itself, as the "
                    "maintenance configuration of the table bucket says. Leave it out"
                )


def _bucket(credentials: GlueCredentials) -> TableBucket:
    bucket = credentials.table_bucket
    if bucket is None:
        raise DbtRuntimeError(
            "file_format: s3tables needs a table bucket. Next: name it in the profile, `s3_tables_bucket: my-bucket` "
            "(or its ARN, or 123456789012:s3tablescatalog/my-bucket), or in the variable DBT_S3_TABLES_BUCKET"
        )
    return bucket
