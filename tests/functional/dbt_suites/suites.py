"""Which suites dbt-tests-adapter has, which of them the project runs, and what is changed in these; why others do not apply."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import dbt.tests.adapter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

ROOT = Path(__file__).parents[3]
PACKAGE = "dbt.tests.adapter"
PLACES = (
    "tests/functional/dbt_suites",
    "tests/functional/conformance",
    "tests/functional/adapter/test_basic.py",
    "tests/functional/adapter/test_metadata.py",
    "tests/functional/adapter/test_unit_tests.py",
    "tests/functional/adapter/python_model/test_dbt_suite.py",
)
"""Where the project runs suites of dbt."""

FOUNDATIONS = frozenset(
    (
        "caching.test_caching.BaseCachingTest",
        "constraints.test_constraints.BaseConstraintsColumnsEqual",
        "constraints.test_constraints.BaseContractSqlHeader",
        "functions.test_udafs.UDAFBase",
        "store_test_failures_tests.test_store_test_failures.StoreTestFailuresBase",
        "utils.base_array_utils.BaseArrayUtils",
        "utils.base_utils.BaseUtils",
        "utils.data_types.base_data_type_macro.BaseDataTypeMacro",
        "utils.test_current_timestamp.BaseCurrentTimestamp",
    )
)
"""Classes with tests that other suites share, and that have no project of their own."""


class Run(NamedTuple):
    """A test class of the project that runs a suite of dbt: `dialect` says what is changed, empty where nothing is."""

    name: str
    suite: str
    dialect: str


def all_suites() -> dict[str, type]:
    """The concrete suites of the installed dbt-tests-adapter, by module and class below dbt.tests.adapter.

    dbt's own runs of them on Postgres are classes whose names begin with Test.
    """
    (folder,) = map(Path, dbt.tests.adapter.__path__)
    found: dict[str, type] = {}
    for path in sorted(folder.rglob("*.py")):
        words = path.relative_to(folder).with_suffix("").parts
        if words[-1] == "__init__":
            continue
        name = ".".join(words)
        for suite in _classes(importlib.import_module(f"{PACKAGE}.{name}")):
            whole = f"{name}.{suite.__name__}"
            if not suite.__name__.startswith("Test") and whole not in FOUNDATIONS:
                found[whole] = suite
    return found


def runs() -> dict[str, Run]:
    """The project's test classes that run suites of dbt, by module and class."""
    suites = {suite: name for name, suite in all_suites().items()}
    found: dict[str, Run] = {}
    for path in _modules():
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for ran in _classes(module):
            suite = next((each for each in ran.__mro__ if each in suites), None)
            if suite is not None and ran.__name__.startswith("Test"):
                name = f"{module.__name__}.{ran.__name__}"
                found[name] = Run(name, suites[suite], dialect_of(ran))
    return found


def dialect_of(ran: type) -> str:
    """What a class of the project says that it changes, itself first and then what it is made of."""
    return "; ".join(dict.fromkeys(own["dialect"] for own in _own(ran) if own.get("dialect")))


def changes(ran: type) -> set[str]:
    """The names of what a class of the project changes in its suite."""
    quiet = {"dialect", "every_format", "pytestmark"}
    return {name for own in _own(ran) for name in own if not name.startswith("__")} - quiet


def _own(ran: type) -> Iterator[Mapping[str, Any]]:
    """What the project's classes hold of which a class is made."""
    for part in ran.__mro__:
        if part.__module__.startswith("tests."):
            yield vars(part)


def _modules() -> Iterator[Path]:
    for place in map(ROOT.joinpath, PLACES):
        yield from sorted(place.glob("test_*.py")) if place.is_dir() else [place]


def _classes(module: ModuleType) -> Iterator[type]:
    """The classes with tests that a module defines, not those that it imports."""
    for found in list(vars(module).values()):
        if inspect.isclass(found) and found.__module__ == module.__name__:
            tests = (name for name in dir(found) if name.startswith("test"))
            if any(inspect.isfunction(getattr(found, name)) for name in tests):
                yield found
