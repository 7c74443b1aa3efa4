"""The public names of the modules that models import, by the versions that Glue runs: measured on the real ones."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from glue_compiler.knowledge.frames import DATA
from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS
from glue_compiler.knowledge.packages import glue_runtime, preinstalled

if TYPE_CHECKING:
    from collections.abc import Mapping

RENAMED = {
    "json": {"parse": "json.loads", "stringify": "json.dumps"},
    "math": {"abs": "abs", "max": "max", "min": "min", "round": "round", "sqr": "math.sqrt"},
    "numpy": {
        **{name: name for name in ("bool", "complex", "float", "int", "object", "str")},
        "long": "int",
        "unicode": "str",
        "NaN": "numpy.nan",
        "NAN": "numpy.nan",
        "Inf": "numpy.inf",
        "Infinity": "numpy.inf",
        "infty": "numpy.inf",
        "float_": "numpy.float64",
        "complex_": "numpy.complex128",
        "unicode_": "numpy.str_",
        "string_": "numpy.bytes_",
        "round_": "numpy.round",
        "product": "numpy.prod",
        "cumproduct": "numpy.cumprod",
        "alltrue": "numpy.all",
        "sometrue": "numpy.any",
    },
    "os.path": {"exist": "os.path.exists"},
    "time": {"now": "time.time"},
}
"""What to write for a name that is gone, or is another language's; without a dot it is Python's own."""


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    table: dict[str, dict[str, dict[str, dict[str, str]]]] = json.loads(
        (DATA / "modules.json").read_text(encoding="utf-8")
    )
    return table


@lru_cache(maxsize=1)
def _owners() -> dict[str, tuple[str, str]]:
    """Dotted name of a module or class -> the library it is of, and the section of the table."""
    return {
        owner: (library, section)
        for library, table in _tables().items()
        for section in ("modules", "classes")
        for owner in table[section]
    }


@lru_cache(maxsize=256)
def _names(owner: str) -> Mapping[str, frozenset[str]]:
    """Name -> the versions that have it."""
    library, section = _owners()[owner]
    table = _tables()[library]
    every = tuple(table["versions"])
    return {
        name: frozenset(every if versions == "*" else versions.split(" "))
        for versions, names in table[section][owner].items()
        for name in names.split(" ")
    }


def is_module(name: str) -> bool:
    """Whether a dotted name is that of a module that is known."""
    return _owners().get(name, ("", ""))[1] == "modules"


def is_class(name: str) -> bool:
    """Whether a dotted name is that of a class that is known."""
    return _owners().get(name, ("", ""))[1] == "classes"


def library_of(owner: str) -> str:
    """What a known module or class comes with: python, numpy, pandas or pyspark."""
    return _owners()[owner][0]


def may_lack(owner: str, name: str) -> bool:
    """Whether some version of a module or class has no such name; never for one that is not known."""
    if owner not in _owners() or name.startswith("_"):
        return False
    library, _ = _owners()[owner]
    return len(_names(owner).get(name, ())) < len(_tables()[library]["versions"])


def version_in(library: str, glue_version: str) -> str | None:
    """The version of a library in a Glue version, as the table has it; None where it is not known."""
    if glue_version not in GLUE_VERSIONS:
        return None
    runtime = glue_runtime(glue_version)
    found: str | None = {"python": runtime.python, "pyspark": runtime.spark}.get(library)
    if found is None:
        found = preinstalled(glue_version).get(library)
    minor = None if found is None else ".".join(found.split(".")[:2])
    return minor if minor in _tables()[library]["versions"] else None


def lacks(owner: str, name: str, glue_version: str) -> bool:
    """Whether a module or class surely has no such name in a Glue version."""
    version = version_in(library_of(owner), glue_version) if may_lack(owner, name) else None
    return version is not None and version not in _names(owner).get(name, ())


def versions_with(owner: str, name: str) -> tuple[str, ...]:
    """The versions of the library that have a name, oldest first."""
    has = _names(owner).get(name, frozenset())
    return tuple(version for version in _tables()[library_of(owner)]["versions"] if version in has)


def names_of(owner: str, glue_version: str) -> tuple[str, ...]:
    """The names of a module or class in a Glue version, sorted."""
    version = version_in(library_of(owner), glue_version)
    return tuple(sorted(name for name, has in _names(owner).items() if version in has))


def classes_with(module: str, name: str, glue_version: str) -> tuple[str, ...]:
    """The known classes of a module that have a name, by their dotted names."""
    library = library_of(module)
    return tuple(
        owner
        for owner in _tables()[library]["classes"]
        if owner.rpartition(".")[0] == module
        and name in _names(owner)
        and not lacks(owner, name, glue_version)
    )


@lru_cache(maxsize=32)
def starred(module: str, version: str | None = None) -> tuple[str, ...] | None:
    """What is known to come with `from module import *` in a version of its library; without one, in all of them.

    None for a module of which nothing is known. What it has imported from elsewhere itself is left out.
    """
    table = next((table for table in _tables().values() if module in table["stars"]), None)
    if table is None or (version is not None and version not in table["versions"]):
        return None
    return tuple(
        name
        for versions, names in table["stars"][module].items()
        if versions == "*" or version in versions.split(" ")
        for name in names.split(" ")
    )
