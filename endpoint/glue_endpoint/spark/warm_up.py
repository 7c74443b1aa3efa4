"""What a Spark with table formats does before a session asks: the first call of AWS's SDK alone takes two seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue_endpoint.spark.setup import SparkSetup

_ICEBERG = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
_CATALOG = "dbt_glue_warm_up"
"""A catalog of the host's own session, which no other session sees."""


def warm_up_formats(session: Any, setup: SparkSetup) -> None:
    """Loads the classes with which the formats of a setup reach the catalog. Raises Py4JError.

    `session` is a Java SparkSession. The catalog is asked for the names of its databases, and nothing is made.
    """
    if _ICEBERG not in dict(setup.conf).get("spark.sql.extensions", ""):
        return
    name = f"spark.sql.catalog.{_CATALOG}"
    session.conf().set(name, "org.apache.iceberg.spark.SparkCatalog")
    session.conf().set(f"{name}.catalog-impl", "org.apache.iceberg.aws.glue.GlueCatalog")
    session.conf().set(f"{name}.warehouse", "s3://dbt-glue-local/warehouse")
    session.sql(f"show namespaces in {_CATALOG}").collect()
