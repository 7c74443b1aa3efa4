"""The dbt adapter for AWS Glue Interactive Sessions (`type: glue`)."""

import sys

try:
    from dbt.adapters.base.plugin import AdapterPlugin
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] not in ("dbt", "dbt_common"):
        raise
    # What asks for sessions shows this line: the command line and the language server.
    raise ModuleNotFoundError(
        f"dbt-core is not installed in {sys.prefix}, and sessions need it; checks, plans and the editor's other "
        f"answers do not. Next: {sys.executable} -m pip install dbt-glue-python",
        name=missing.name,
    ) from missing

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
