"""On the import path of an endpoint under test: dbt and the project's other wings are not installed."""

from __future__ import annotations

import sys
from typing import Any

ABSENT = {"dbt", "dbt_common", "glue_cli", "glue_compiler", "glue_lsp", "glue_session"}


class Absent:
    """Finds no module of a package that is to be absent, and leaves all others to the next finder."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"{name} is not installed beside the endpoint", name=name)


sys.meta_path.insert(0, Absent())  # type: ignore[arg-type]
