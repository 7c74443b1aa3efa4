"""What sessions need for table formats: Glue's own jars, and Spark's settings where the profile has none.

Sources: AWS Glue's guide ("Using the Iceberg framework in AWS Glue"), Iceberg's on its AWS integrations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.knowledge.tables import ICEBERG
from glue_compiler.project.profile_values import parse_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = ["format_conf", "formats_of_glue"]

_EXTENSIONS = "spark.sql.extensions"
_ICEBERG_EXTENSIONS = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"


def formats_of_glue(credentials: GlueCredentials) -> list[str]:
    """What `--datalake-formats` is to name: not a format whose jars the profile brings by itself (`extra_jars`)."""
    jars = [jar.rpartition("/")[2].lower() for jar in parse_names(credentials.extra_jars)]
    return [name for name in credentials.formats if not any(name in jar for jar in jars)]


def format_conf(credentials: GlueCredentials, given: Mapping[str, str]) -> dict[str, str]:
    """The settings that the session's formats need beside `given`, which is the profile's and wins."""
    return _iceberg_conf(credentials, given) if ICEBERG in credentials.formats else {}


def _iceberg_conf(credentials: GlueCredentials, given: Mapping[str, str]) -> dict[str, str]:
    extensions = [name.strip() for name in given.get(_EXTENSIONS, "").split(",") if name.strip()]
    if _ICEBERG_EXTENSIONS not in extensions:
        extensions.append(_ICEBERG_EXTENSIONS)
    conf = {_EXTENSIONS: ",".join(extensions)}
    catalog = f"spark.sql.catalog.{credentials.iceberg_catalog or 'spark_catalog'}"
    if catalog not in given and credentials.iceberg_catalog:
        conf[catalog] = "org.apache.iceberg.spark.SparkCatalog"
        conf[f"{catalog}.catalog-impl"] = "org.apache.iceberg.aws.glue.GlueCatalog"
        conf[f"{catalog}.io-impl"] = "org.apache.iceberg.aws.s3.S3FileIO"
        if credentials.warehouse:
            conf[f"{catalog}.warehouse"] = credentials.warehouse
    # What one session of dbt wrote, the next one must read: a cached table may be 30 seconds old.
    conf[f"{catalog}.cache-enabled"] = "false"
    return {key: value for key, value in conf.items() if key == _EXTENSIONS or key not in given}
