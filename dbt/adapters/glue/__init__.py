"""The dbt adapter for AWS Glue Interactive Sessions (`type: glue`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt.adapters.base.plugin import AdapterPlugin

    Plugin: AdapterPlugin

__all__ = ["Plugin"]


def __getattr__(name: str) -> object:
    """`Plugin` on demand: the endpoint lives in this package and needs nothing of dbt."""
    if name != "Plugin":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dbt.adapters.base.plugin import AdapterPlugin

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.impl import GlueAdapter
    from dbt.include.glue import PACKAGE_PATH

    plugin = AdapterPlugin(
        adapter=GlueAdapter,  # type: ignore[arg-type]
        credentials=GlueCredentials,
        include_path=PACKAGE_PATH,
        dependencies=["spark"],
    )
    globals()["Plugin"] = plugin
    return plugin
