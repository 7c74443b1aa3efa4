"""Print, as JSON, the public names of the modules that models import, as this interpreter has them."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import pkgutil
import re
import sys

STANDARD = (
    *("abc", "ast", "base64", "binascii", "bisect", "calendar", "cmath", "collections"),
    *("collections.abc", "concurrent.futures", "configparser", "contextlib", "copy", "csv"),
    *("dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "gc"),
    *("getpass", "glob", "gzip", "hashlib", "heapq", "hmac", "html", "importlib", "inspect"),
    *("io", "itertools", "json", "locale", "logging", "math", "numbers", "operator", "os"),
    *("os.path", "pathlib", "pickle", "platform", "pprint", "queue", "random", "re", "secrets"),
    *("shutil", "statistics", "string", "struct", "subprocess", "sys", "tempfile"),
    *("textwrap", "threading", "time", "traceback", "types", "typing", "unicodedata"),
    *("urllib", "urllib.parse", "urllib.request", "uuid", "warnings", "zipfile", "zlib"),
    "zoneinfo",
)
MODULES: dict[str, tuple[str, ...]] = {
    "python": STANDARD,
    "numpy": ("numpy",),
    "pandas": ("pandas",),
    "pyspark": (
        *("pyspark", "pyspark.sql", "pyspark.sql.types", "pyspark.sql.window", "pyspark.pandas"),
        *(
            "pyspark.sql.column",
            "pyspark.sql.dataframe",
            "pyspark.sql.session",
            "pyspark.storagelevel",
        ),
    ),
}
CLASSES: dict[str, tuple[str, ...]] = {
    "python": (
        *("datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta"),
        *("datetime.timezone", "decimal.Decimal", "pathlib.Path", "uuid.UUID"),
    ),
    "pyspark": ("pyspark.sql.Window", "pyspark.sql.window.Window"),
}
"""Classes whose own attributes are taken for those of a module, or of another class."""

STARRED: dict[str, tuple[str, ...]] = {
    "python": ("collections", "datetime", "decimal", "functools", "itertools", "math", "typing"),
    "pyspark": ("pyspark.sql.functions", "pyspark.sql", "pyspark.sql.types", "pyspark.sql.window"),
}
"""Modules of which `from module import *` is told, name by name."""


def attributes_of(name: str) -> list[str]:
    """The public names that a module answers to: its own, its submodules', those that its `__getattr__` makes.

    What it makes it names in its text; a text that cannot be read raises OSError.
    """
    module = importlib.import_module(name)
    below = {found.name for found in pkgutil.iter_modules(getattr(module, "__path__", ()))}
    names = {*dir(module), *vars(module), *getattr(module, "__all__", ()), *below}
    if "__getattr__" in vars(module):
        names.update(re.findall(r"[\"'](\w+)[\"']", inspect.getsource(module)))
    return sorted(
        found
        for found in names
        if not found.startswith("_") and (found in below or answers(module, found))
    )


def answers(module: object, name: str) -> bool:
    """Whether a module has a name; what is gone may say so by any error."""
    try:
        getattr(module, name)
    except (AttributeError, ImportError, RuntimeError):
        return False
    return True


def known_attributes(modules: tuple[str, ...]) -> dict[str, list[str]]:
    """The names of those modules of which all can be told."""
    found = {}
    for name in modules:
        with contextlib.suppress(OSError):
            found[name] = attributes_of(name)
    return found


def class_attributes_of(path: str) -> list[str]:
    """The public names that a class answers to, with those of its metaclass."""
    module, _, name = path.rpartition(".")
    cls = getattr(importlib.import_module(module), name)
    return sorted(found for found in {*dir(cls), *dir(type(cls))} if not found.startswith("_"))


def starred_names_of(name: str) -> list[str]:
    """What `from module import *` binds; without `__all__` only what is the module's own."""
    module = importlib.import_module(name)
    own = [
        found
        for found, value in vars(module).items()
        if not found.startswith("_") and str(getattr(value, "__module__", "")).startswith(name)
    ]
    return sorted(getattr(module, "__all__", own))


def version_of(library: str) -> str:
    """The minor version of a library; raises ImportError where it is not installed."""
    if library == "python":
        return f"{sys.version_info[0]}.{sys.version_info[1]}"
    return ".".join(importlib.import_module(library).__version__.split(".")[:2])


def main() -> None:
    answer = {}
    for library, modules in MODULES.items():
        try:
            version = version_of(library)
        except ImportError:
            continue
        names = known_attributes(modules)
        classes = {path: class_attributes_of(path) for path in CLASSES.get(library, ())}
        stars = {name: starred_names_of(name) for name in STARRED.get(library, ())}
        answer[library] = {"version": version, "modules": names, "classes": classes, "stars": stars}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
