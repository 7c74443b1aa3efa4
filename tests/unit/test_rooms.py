"""Which room of a wing may know which: a picture of all imports, those for types and those inside of functions too."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from glue_compiler.text.python_ast import parse_ast

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).parents[2]
FOLDERS = {
    "glue_compiler": "compiler",
    "glue_session": "session",
    "glue_endpoint": "endpoint",
    "glue_lsp": "lsp",
    "glue_cli": "cli",
    "dbt.adapters.glue": ".",
}
WINGS = [
    wing for wing, folder in FOLDERS.items() if (ROOT / folder / Path(*wing.split("."))).is_dir()
]


def floors_of(contracts: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """How high the rooms of each wing are that has layers; rooms of one floor do not know each other."""
    return {
        wing: {
            room.strip(): floor
            for floor, layer in enumerate(reversed(contract["layers"]))
            for room in layer.split("|")
        }
        for contract in contracts
        if contract["type"] == "layers"
        for wing in contract.get("containers", ())
        if wing in FOLDERS
    }


SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FLOORS = floors_of(SETTINGS["tool"]["importlinter"]["contracts"])
"""The order of rooms is that of import-linter's contracts, and what a wing itself is stands above all."""

Kind = Literal["run-time", "lazy", "type-only"]
Graph = dict[str, set[str]]


def imports_of(
    text: str, module: str, *, package: bool = False
) -> Iterator[tuple[str, tuple[str, ...], Kind]]:
    """What a module imports: the module, the names taken from it, and how."""

    def below(node: ast.AST, kind: Kind) -> Iterator[tuple[str, tuple[str, ...], Kind]]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, (), kind
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")
            if node.level:
                above = above[: len(above) - node.level + package]
            parts = [*(above if node.level else ()), *([node.module] if node.module else ())]
            yield ".".join(parts), tuple(alias.name for alias in node.names), kind
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for child in node.body:
                yield from below(child, "type-only")
            for child in node.orelse:
                yield from below(child, kind)
        else:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and kind == "run-time":
                kind = "lazy"
            for child in ast.iter_child_nodes(node):
                yield from below(child, kind)

    yield from below(parse_ast(text), "run-time")


@cache
def edges(wing: str) -> tuple[tuple[str, str, Kind], ...]:
    """Which module of a wing imports which other one, and how; a package is named as its `__init__`."""
    base = ROOT / FOLDERS[wing]
    files = {
        ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (base / Path(*wing.split("."))).rglob("*.py")
    }
    found = set()
    for module, path in files.items():
        package = path.stem == "__init__"
        for name, taken, kind in imports_of(path.read_text("utf-8"), module, package=package):
            for full in [f"{name}.{item}" for item in taken] or [name]:
                target = full if full in files else name
                if target in files and target != module:
                    found.add((module, target, kind))
    return tuple(sorted(found))


def room_of(module: str, wing: str) -> str:
    """The first folder, or top module, that a module is in; the wing itself for its `__init__`."""
    return module.removeprefix(wing).lstrip(".").split(".")[0] or wing


def graph(pairs: Iterable[tuple[str, str]]) -> Graph:
    """Who imports whom; nobody itself."""
    found: Graph = defaultdict(set)
    for one, other in pairs:
        if one != other:
            found[one].add(other)
    return found


def circles(of: Mapping[str, set[str]]) -> list[set[str]]:
    """The greatest sets in which everybody reaches everybody."""

    @cache
    def reached(start: str) -> frozenset[str]:
        seen: set[str] = set()
        left = [start]
        while left:
            for item in of.get(left.pop(), ()):
                if item not in seen:
                    seen.add(item)
                    left.append(item)
        return frozenset(seen)

    found = []
    for item in sorted(of):
        if item in reached(item) and not any(item in known for known in found):
            found.append({other for other in reached(item) if item in reached(other)} | {item})
    return found


def test_every_form_of_import_is_seen() -> None:
    text = (
        "import a.b\nfrom c import d, e\nfrom . import f\nfrom ..g import h\n"
        "if TYPE_CHECKING:\n    from t import i\nelse:\n    import j\n"
        "def run():\n    import k\n    if typing.TYPE_CHECKING:\n        import m\n"
        "class C:\n    import n\n"
    )
    assert list(imports_of(text, "p.q.r")) == [
        ("a.b", (), "run-time"),
        ("c", ("d", "e"), "run-time"),
        ("p.q", ("f",), "run-time"),
        ("p.g", ("h",), "run-time"),
        ("t", ("i",), "type-only"),
        ("j", (), "run-time"),
        ("k", (), "lazy"),
        ("m", (), "type-only"),
        ("n", (), "run-time"),
    ]
    assert list(imports_of("from .x import y", "p.q", package=True)) == [
        ("p.q.x", ("y",), "run-time")
    ]
    kinds = {kind for _, _, kind in edges("glue_compiler")}
    assert kinds == {"run-time", "lazy", "type-only"}
    assert ("glue_compiler.checks.check", "glue_compiler.rules.definition", "run-time") in edges(
        "glue_compiler"
    )


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}}) == [
        {"a", "b", "c"},
        {"d", "e"},
    ]
    assert circles({"a": {"b", "c"}, "b": {"c"}}) == []


@pytest.mark.parametrize("wing", sorted(FLOORS))
def test_a_room_knows_those_below_it(wing: str) -> None:
    floors = {**FLOORS[wing], wing: len(FLOORS[wing])}
    rooms = graph((room_of(one, wing), room_of(other, wing)) for one, other, _ in edges(wing))
    present = set(rooms).union(*rooms.values())
    assert present <= floors.keys(), "a room is in no order"
    upward = {
        (room, other)
        for room, others in rooms.items()
        for other in others
        if floors[other] >= floors[room]
    }
    assert upward == set()


def test_the_compiler_has_floors() -> None:
    assert floors_of(
        [{"type": "layers", "containers": ["glue_cli"], "layers": ["a", "b | c"]}]
    ) == {"glue_cli": {"a": 1, "b": 0, "c": 0}}
    assert "glue_compiler" in FLOORS


@pytest.mark.parametrize("wing", WINGS)
def test_rooms_do_not_go_in_circles(wing: str) -> None:
    rooms = graph((room_of(one, wing), room_of(other, wing)) for one, other, _ in edges(wing))
    assert circles(rooms) == []


@pytest.mark.parametrize("wing", WINGS)
def test_modules_do_not_go_in_circles(wing: str) -> None:
    """Neither at run time, nor by imports inside of functions, nor by those for types."""
    assert circles(graph((one, other) for one, other, _ in edges(wing))) == []
