"""The dbt target of the projects that tests make: the embedded endpoint of the run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def local_target(endpoint_dir: Path) -> dict[str, Any]:
    """One thread, because every thread has a session, whose start costs more than these models do.

    What threads do beside each other is tested where it matters, with `--threads`. The Glue version is
    that of DBT_GLUE_TEST_GLUE_VERSION, if it is set.
    """
    version = os.environ.get("DBT_GLUE_TEST_GLUE_VERSION")
    chosen = {"glue_version": version} if version else {}
    folder = str(endpoint_dir)
    return {"type": "glue", "endpoint": "local", "endpoint_dir": folder, "threads": 1, **chosen}
