"""The functions of the project (dbt's `functions/`): which a text calls, and what a session needs to know to make them."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.compiled import compiled_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dbt.adapters.glue.sessions.environment import Environment

__all__ = ["ProjectFunctions"]

_CALLED = r"(?<![\w.])(?P<quote>`?)(?P<name>{names})(?P=quote)(?=(?:\s|/\*.*?\*/|--[^\n]*\n)*\()"
_NAMED = r"(?<!\w)(?P<name>{names})(?!\w)"


class ProjectFunctions:
    """Spark keeps the functions of a session in it alone: a statement that calls one brings it along.

    `manifest` gives dbt's manifest, `config` is dbt's RuntimeConfig; `with_packages` adds requirements to an environment.
    """

    def __init__(
        self,
        manifest: Callable[[], Any],
        config: Any,
        with_packages: Callable[[list[str], Environment], Environment],
    ) -> None:
        self._manifest = manifest
        self._config = config
        self._with_packages = with_packages
        self._lock = threading.RLock()
        self._known: Any = None
        self._made: dict[str, dict[str, Any]] = {}

    def called_in(self, sql: str) -> list[dict[str, Any]]:
        """The definitions of the functions that a statement calls, and of those that these call.

        Raises DbtRuntimeError for one that the adapter cannot make.
        """
        return self._closure(self._found(sql, _CALLED))

    def named_in(self, source: str) -> list[dict[str, Any]]:
        """As `called_in`, of a Python model: of every function whose name is in it, as a word."""
        return self._closure(self._found(source, _NAMED))

    def built(self, model: Mapping[str, Any]) -> list[dict[str, Any]]:
        """As `called_in`, of the function that dbt builds, and has compiled."""
        with self._lock:
            self._nodes()
            node = self._manifest().functions[model["unique_id"]]
            self._made[node.unique_id] = _definition(node, model, str(model["compiled_code"]))
        return self._closure([node])

    def environment_of(self, definitions: list[dict[str, Any]], base: Environment) -> Environment:
        """The environment in which functions run: `base` with the packages of their configs."""
        wanted = [text for each in definitions for text in each["packages"]]
        return self._with_packages(list(dict.fromkeys(wanted)), base) if wanted else base

    def _nodes(self) -> Mapping[str, Any]:
        """The project's functions by unique id; what was known of another manifest is forgotten."""
        manifest = self._manifest()
        if manifest is not self._known:
            self._known, self._made = manifest, {}
        return getattr(manifest, "functions", None) or {}  # dbt-core has them from 1.11 on

    def _found(self, text: str, pattern: str) -> list[Any]:
        with self._lock:
            by_name: dict[str, list[Any]] = {}
            for node in self._nodes().values():
                by_name.setdefault(str(node.identifier).lower(), []).append(node)
        if not by_name:
            return []
        names = "|".join(map(re.escape, sorted(by_name, key=len, reverse=True)))
        told = re.finditer(pattern.format(names=names), text, re.IGNORECASE | re.DOTALL)
        found = dict.fromkeys(each["name"].lower() for each in told)
        for name in found:
            if len(by_name[name]) > 1:
                files = " and ".join(sorted(_place(node) for node in by_name[name]))
                raise DbtRuntimeError(
                    f"two functions are named {name}: {files}. A session has one function of a name: "
                    "give one of them another `alias`"
                )
        return [by_name[name][0] for name in found]

    def _closure(self, nodes: Iterable[Any]) -> list[dict[str, Any]]:
        """Definitions, those of functions that another one calls before it."""
        with self._lock:
            ordered: dict[str, dict[str, Any]] = {}
            self._add(nodes, ordered, ())
            return list(ordered.values())

    def _add(
        self, nodes: Iterable[Any], ordered: dict[str, dict[str, Any]], above: tuple[str, ...]
    ) -> None:
        for node in nodes:
            if node.unique_id in ordered:
                continue
            if node.unique_id in above:
                raise DbtRuntimeError(
                    f"the function {node.name} ({_place(node)}) calls itself, which SQL functions cannot"
                )
            definition = self._definition_of(node)
            if definition["language"] == "sql":
                below = self._found(definition["body"], _CALLED)
                self._add(below, ordered, (*above, node.unique_id))
            ordered[node.unique_id] = definition

    def _definition_of(self, node: Any) -> dict[str, Any]:
        if node.unique_id not in self._made:
            code = compiled_code(self._config, self._manifest(), node)
            model = node.to_dict(omit_none=False)
            self._made[node.unique_id] = _definition(node, model, code)
        return self._made[node.unique_id]


def _place(node: Any) -> str:
    return str(node.original_file_path)


def _definition(node: Any, model: Mapping[str, Any], body: str) -> dict[str, Any]:
    """What a session makes a function of: JSON. `model` is dbt's node as a dictionary."""
    config = model.get("config") or {}
    language, kind = str(node.language), _text(config.get("type") or "scalar")
    told = f"the function {node.name} ({_place(node)})"
    if language not in ("sql", "python"):
        raise DbtRuntimeError(f"{told} is in {language}; Spark runs functions in SQL and Python")
    if kind not in ("scalar", "aggregate"):
        raise DbtRuntimeError(
            f"{told} is of the type {kind}; Spark has functions that are scalar or aggregate"
        )
    if getattr(node, "overloads", None):
        raise DbtRuntimeError(
            f"{told} has overloads; a session has one function of a name: give each another name"
        )
    for key in ("entry_point", "runtime_version"):
        if language == "python" and not config.get(key):
            raise DbtRuntimeError(f"{told} needs the config {key}, as every function in Python")
    arguments = [_argument(each) for each in model.get("arguments") or []]
    _check_defaults(told, arguments)
    definition = {
        "name": str(node.identifier),
        "path": _place(node),
        "language": language,
        "kind": kind,
        "body": body,
        "arguments": arguments,
        "returns": str(model["returns"]["data_type"]),
        "entry_point": config.get("entry_point"),
        "runtime_version": config.get("runtime_version"),
        "deterministic": _text(config.get("volatility")) != "non-deterministic",
        "packages": _packages(config.get("packages")),
    }
    text = json.dumps(definition, sort_keys=True)
    return {**definition, "digest": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _argument(argument: Mapping[str, Any]) -> dict[str, Any]:
    value = argument.get("default_value")
    return {
        "name": str(argument["name"]),
        "type": str(argument["data_type"]),
        "default": None if value is None else str(value),
    }


def _check_defaults(told: str, arguments: list[dict[str, Any]]) -> None:
    given = [each["default"] is not None for each in arguments]
    if True in given and False in given[given.index(True) :]:
        raise DbtRuntimeError(
            f"{told}: an argument without a default_value comes after one that has one; put it first"
        )


def _packages(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value or ()]


def _text(value: Any) -> str:
    return str(getattr(value, "value", value))
