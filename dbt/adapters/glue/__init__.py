"""The dbt adapter for AWS Glue Interactive Sessions (`type: glue`)."""

from dbt.adapters.base.plugin import AdapterPlugin

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.impl import GlueAdapter
from dbt.include.glue import PACKAGE_PATH

__all__ = ["Plugin"]

Plugin = AdapterPlugin(
    adapter=GlueAdapter,  # type: ignore[arg-type]
    credentials=GlueCredentials,
    include_path=PACKAGE_PATH,
    dependencies=["spark"],
)
