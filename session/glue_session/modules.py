"""Makes a project's modules importable in the session: on the driver, and in UDFs on its workers.

The modules arrive as one zip file. A session has one set of them at a time: another set replaces
it, and what was imported from the old one is imported anew.
"""

from __future__ import annotations

import base64
import importlib
import os
import sys
import tempfile
from typing import Any

from glue_session.state import spark

_PREFIX = "dbt_modules_"
# Spark starts other worker processes where this differs, so that none keeps an old import.
_MARK = "DBT_GLUE_MODULES"


def use_modules(_session_globals: dict[str, Any], digest: str, packed: str) -> None:
    """Puts the zip file `packed` (base64) on the import path. Nothing happens where it is there."""
    context = spark().sparkContext
    name = f"{_PREFIX}{digest}.zip"
    if context.environment.get(_MARK) == digest:
        return
    _remove_modules(context)
    # Spark takes one path for a file name, as long as it lives: a set that comes back has its first.
    paths = context.__dict__.setdefault("_dbt_glue_modules", {})
    if digest not in paths:
        folder = os.getcwd() if os.access(os.getcwd(), os.W_OK) else None  # noqa: PTH109
        path = os.path.join(tempfile.mkdtemp(prefix="dbt-glue-", dir=folder), name)  # noqa: PTH118
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(base64.b64decode(packed))
        paths[digest] = path
    context.addPyFile(paths[digest])
    context.environment[_MARK] = digest
    importlib.invalidate_caches()


def _remove_modules(context: Any) -> None:
    """Takes the present set off the import path, and out of sys.modules what came from it."""
    context._python_includes[:] = [
        name for name in context._python_includes if not name.startswith(_PREFIX)
    ]
    sys.path[:] = [entry for entry in sys.path if not os.path.basename(entry).startswith(_PREFIX)]  # noqa: PTH119
    mark = f"{os.sep}{_PREFIX}"
    for name, module in list(sys.modules.items()):
        places = [
            getattr(module, "__file__", None) or "",
            *map(str, getattr(module, "__path__", ())),
        ]
        if any(mark in place for place in places):
            del sys.modules[name]
    context.environment.pop(_MARK, None)
