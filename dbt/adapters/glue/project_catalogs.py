"""catalogs.yml as dbt-core reads it, for those of its commands that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["active_integrations"]


def active_integrations(config: Any) -> Iterator[Any]:
    """The catalogs of the project of dbt's RuntimeConfig, each by the write integration that is active.

    Raises as dbt-core does for a file that is not right.
    """
    # The caller's reader: only where dbt-core has a project to be read for.
    from dbt.config.catalogs import get_active_write_integration, load_catalogs

    variables = dict(getattr(config, "cli_vars", None) or {})
    for catalog in load_catalogs(str(config.project_root), str(config.project_name), variables):
        active = get_active_write_integration(catalog)
        if active is not None:
            yield active
