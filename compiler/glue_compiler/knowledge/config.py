"""What ``dbt.config`` keys mean for a Python model on Glue: look up, judge a value, repair a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from glue_compiler.knowledge import config_keys as data
from glue_compiler.knowledge import other_config_keys as others
from glue_compiler.text.similar import closest


@dataclass(frozen=True, slots=True)
class ConfigKey:
    """One config key as dbt, other adapters and this adapter know it."""

    name: str
    schema: dict[str, Any] = field(hash=False)
    """JSON schema of the value; empty when anything goes."""
    default: object = field(hash=False)
    doc: str
    effective: bool
    """Whether it does something for a Python model on Glue."""
    why_not: str = ""
    """For a key without effect: whose it is, or why it does nothing here."""
    instead: str = ""
    """For a key without effect: what to use on Glue, when there is something."""

    @property
    def values(self) -> tuple[str, ...]:
        """The allowed values of a key that has a fixed list of them; empty otherwise."""
        return tuple(self.schema.get("enum", ()))

    @property
    def deprecated_values(self) -> dict[str, str]:
        """Further values that still work, and the allowed value that each of them means."""
        return dict(self.schema.get("x-deprecated", {}))


def canonical_key(name: str) -> str:
    """The name under which a key is described: ``pre-hook`` and ``post-hook`` have an underscore here."""
    return {"pre-hook": "pre_hook", "post-hook": "post_hook"}.get(name, name)


@lru_cache(maxsize=1)
def config_keys() -> dict[str, ConfigKey]:
    """All keys that are known, effective ones first, by canonical name."""
    known: dict[str, ConfigKey] = {}
    for name, (schema, default, doc) in data.EFFECTIVE.items():
        known[name] = ConfigKey(name, schema, default, doc, effective=True)
    for name, why in data.WITHOUT_EFFECT.items():
        doc = f"No effect on a Python model: {why}."
        known[name] = ConfigKey(name, {}, None, doc, effective=False, why_not=why)
    for name, owner in others.OTHER_ADAPTERS.items():
        instead = others.INSTEAD.get(name, "")
        doc = f"No effect on Glue: a config of {owner}" + (f"; use {instead}." if instead else ".")
        known[name] = ConfigKey(
            name,
            {},
            None,
            doc,
            effective=False,
            why_not=f"it is a config of {owner}",
            instead=instead,
        )
    return known


def config_key(name: str) -> ConfigKey | None:
    """The description of a key, None when neither dbt nor any known adapter has it."""
    return config_keys().get(canonical_key(name))


def nearest_key(name: str) -> str | None:
    """The effective key that a key unknown to everybody was probably meant to be."""
    if config_key(name) is not None:
        return None
    return others.NEAR_MISSES.get(name.lower().replace("-", "_")) or closest(name, data.EFFECTIVE)


def value_problem(key: str, value: object) -> str | None:
    """What is wrong with a literal value of a key, as the end of a sentence that starts with the key.

    Examples: ``must be a boolean, not a string``, ``must be one of table, incremental``.
    None when it is right, and for keys that are unknown or take anything.
    """
    known = config_key(key)
    if known is None or value is None:
        return None
    return _problem(known.schema, value)


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "array": (list,),
    "tuple": (tuple,),
    "object": (dict,),
}
_NAMES = {
    "string": "a string",
    "boolean": "a boolean",
    "integer": "a whole number",
    "array": "a list",
    "tuple": "a tuple",
    "object": "a dict",
}


def _problem(schema: dict[str, Any], value: object) -> str | None:
    if "anyOf" in schema:
        return _any_of_problem(schema["anyOf"], value)
    wanted = _kinds(schema)
    if not wanted:
        return None
    if not any(_is(value, kind) for kind in wanted):
        allowed = " or ".join(_NAMES[kind] for kind in wanted)
        return f"must be {allowed}, not {_kind_in_words(value)}"
    folded = value.lower() if isinstance(value, str) and schema.get("x-ignore-case") else value
    if "enum" in schema and folded not in (*schema["enum"], *schema.get("x-deprecated", ())):
        return f"must be one of {', '.join(schema['enum'])}, not {value!r}"
    if isinstance(value, int) and value < schema.get("minimum", value):
        return f"must be at least {schema['minimum']}, not {value}"
    if isinstance(value, list | tuple) and "items" in schema:
        for item in value:
            inner = _problem(schema["items"], item)
            if inner:
                return f"has an entry that {inner}"
    if isinstance(value, dict):
        return _object_problem(schema, value)
    return None


def _kinds(schema: dict[str, Any]) -> list[str]:
    expected = schema.get("type", [])
    return [expected] if isinstance(expected, str) else list(expected)


def _any_of_problem(options: list[dict[str, Any]], value: object) -> str | None:
    problems = [_problem(option, value) for option in options]
    if None in problems:
        return None
    for option, problem in zip(options, problems, strict=True):
        if any(_is(value, kind) for kind in _kinds(option)):
            return problem  # the shape is right, something inside is not
    allowed = " or ".join(_NAMES[_kinds(option)[0]] for option in options)
    return f"must be {allowed}, not {_kind_in_words(value)}"


def _object_problem(schema: dict[str, Any], value: dict[Any, Any]) -> str | None:
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    for name, item in value.items():
        inner = _problem(properties[name], item) if name in properties else None
        if inner:
            return f"has {name!r}, which {inner}"
        if name not in properties and schema.get("additionalProperties") is False:
            return f"has {name!r}, which is not one of {', '.join(properties)}"
    return None


def _is(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES.get(kind, ()))


def _kind_in_words(value: object) -> str:
    for kind in _TYPES:
        if _is(value, kind):
            return _NAMES[kind]
    return f"a {type(value).__name__}"
