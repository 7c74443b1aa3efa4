"""The names of modules against those that are installed, and what GLU504 says of names against what they raise."""

from __future__ import annotations

import importlib

import pytest
from glue_compiler.knowledge import modules

from tests.integration.knowledge.test_installed_apis import COLLECT, load

collect = load(COLLECT.parent / "collect_modules.py")
OWNERS = [
    (library, owner)
    for library in collect.MODULES
    for owner in (
        *collect.known_attributes(collect.MODULES[library]),
        *collect.CLASSES.get(library, ()),
    )
]


@pytest.mark.parametrize(("library", "owner"), OWNERS)
def test_a_table_has_the_names_that_are_installed(library: str, owner: str) -> None:
    version = collect.version_of(library)
    told = {name for name, has in modules._names(owner).items() if version in has}
    asked = collect.class_attributes_of if modules.is_class(owner) else collect.attributes_of
    assert told == set(asked(owner))


@pytest.mark.parametrize(("library", "owner"), OWNERS)
def test_a_name_that_is_said_to_be_missing_raises(library: str, owner: str) -> None:
    version = collect.version_of(library)
    lost = [name for name, has in modules._names(owner).items() if version not in has]
    home, _, cls = owner.rpartition(".")
    value = (
        getattr(importlib.import_module(home), cls)
        if modules.is_class(owner)
        else importlib.import_module(owner)
    )
    assert [name for name in (*lost, "no_such_name_anywhere") if collect.answers(value, name)] == []


@pytest.mark.parametrize(
    ("library", "module"), [(lib, name) for lib, names in collect.STARRED.items() for name in names]
)
def test_a_star_import_binds_what_the_table_says(library: str, module: str) -> None:
    bound: dict[str, object] = {}
    exec(f"from {module} import *", bound)
    told = modules.starred(module, collect.version_of(library)) or ()
    assert [name for name in told if name not in bound] == []
    left = bound.keys() - {"__builtins__", *told}
    own = [name for name in left if str(getattr(bound[name], "__module__", "")).startswith(module)]
    assert own == []


@pytest.mark.parametrize("name", ["bool", "complex", "float", "int", "object", "str", "long"])
def test_numpy_names_that_python_has_were_never_anything_else(name: str) -> None:
    assert modules.RENAMED["numpy"][name] == {"long": "int"}.get(name, name)
    assert modules.versions_with("numpy", name)[0] == "1.23"
