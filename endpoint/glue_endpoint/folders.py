"""The folders that the endpoint uses, and the variable by which people name them."""

from __future__ import annotations

import os
from pathlib import Path

DIRECTORY_VARIABLE = "DBT_GLUE_ENDPOINT_DIR"
"""Names the state folder of an endpoint, for commands that are not told otherwise."""

WAREHOUSE = "s3://dbt-glue-local/warehouse"
"""Where databases and tables lie that say nothing of their place."""

OTHER_FOLDER = f"another folder with `endpoint_dir` in the profile, {DIRECTORY_VARIABLE} or --dir"
"""What a person can choose when a state folder cannot be used."""


def cache_folder() -> Path:
    """The user's cache folder for this product."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dbt-glue"
