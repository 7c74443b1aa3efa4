"""Frozen dataclasses to JSON data, driven by their type hints."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from glue_compiler.text.source import Span

_Codec = Callable[[Any], Any]


def encode(value: object) -> Any:
    """The JSON data of a dataclass instance; fields that have their default are left out."""
    return _encoder(cast("Hashable", type(value)))(value)


def _same(value: Any) -> Any:
    return value


def _defaults(cls: type[Any]) -> dict[str, Any]:
    found = {}
    for item in fields(cls):
        if item.default is not MISSING:
            found[item.name] = item.default
        elif item.default_factory is not MISSING:
            found[item.name] = item.default_factory()
    return found


@cache
def _encoder(hint: Hashable) -> _Codec:
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass_encoder(hint)
    if hint is Span:
        return list
    item = _item_of(hint)
    if item is not None:
        inner = _encoder(item)
        if inner is _same:
            return list
        return lambda values: [inner(value) for value in values]
    option = _option_of(hint)
    if option is not None:
        inner = _encoder(option)
        if inner is _same:
            return _same
        return lambda value: None if value is None else inner(value)
    return _same


def _dataclass_encoder(cls: type[Any]) -> _Codec:
    defaults = _defaults(cls)
    missing = object()
    plan: list[tuple[str, Any, _Codec]] | None = None

    def run(value: Any) -> dict[str, Any]:
        nonlocal plan
        if plan is None:
            hints = get_type_hints(cls)
            plan = [
                (f.name, defaults.get(f.name, missing), _encoder(hints[f.name]))
                for f in fields(cls)
            ]
        data = {}
        for name, default, encoder in plan:
            item = getattr(value, name)
            if item != default:
                data[name] = encoder(item)
        return data

    return run


def _item_of(hint: Any) -> Any | None:
    """The item type of `tuple[X, ...]`; fixed-length tuples are not used in facts."""
    if get_origin(hint) is not tuple:
        return None
    args = get_args(hint)
    if len(args) != 2 or args[1] is not Ellipsis:
        raise TypeError(f"facts hold homogeneous tuples only, not {hint}")
    return args[0]


def _option_of(hint: Any) -> Any | None:
    """The X of `X | None`."""
    if get_origin(hint) not in (Union, types.UnionType):
        return None
    args = [arg for arg in get_args(hint) if arg is not type(None)]
    if len(args) != 1:
        plain = (str, int, bool, float)
        if all(arg in plain or get_origin(arg) is Literal for arg in args):
            return None
        raise TypeError(f"facts hold optional values only, not {hint}")
    return args[0]
