"""Copies of frozen data with some fields changed, several times faster than `dataclasses.replace`."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_PLANS: dict[type, tuple[Callable[[Any], tuple[Any, ...]], dict[str, int]]] = {}


def changed(value: T, **changes: Any) -> T:
    """A copy of a dataclass with other values in the named fields.

    Only for classes with two fields or more, all of which `__init__` takes by position.
    Raises KeyError for a field that the class has not.
    """
    cls = value.__class__
    plan = _PLANS.get(cls)
    if plan is None:
        plan = _PLANS[cls] = _plan(cls)
    read, places = plan
    values = list(read(value))
    for name, content in changes.items():
        values[places[name]] = content
    return cls(*values)


def _plan(cls: Any) -> tuple[Callable[[Any], tuple[Any, ...]], dict[str, int]]:
    names = [field.name for field in fields(cls)]
    return attrgetter(*names), {name: index for index, name in enumerate(names)}
