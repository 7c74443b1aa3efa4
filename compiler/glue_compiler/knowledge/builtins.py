"""The members of Python's own values, as this Python has them."""

from __future__ import annotations

from types import FunctionType, MethodType

_CLASSES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float,),
    "bool": (bool,),
    "str": (str,),
    "list": (list,),
    "tuple": (tuple,),
    "set": (set,),
    "dict": (dict,),
    "method": (MethodType, FunctionType),
}
"""The classes by the word for them; what is taken off an object passes on to its function what it does not have."""
_NEWER = {
    "int": frozenset({"bit_count", "is_integer"}),
    "bool": frozenset({"bit_count", "is_integer"}),
    "float": frozenset({"from_number"}),
    "str": frozenset({"removeprefix", "removesuffix"}),
}
"""Members that a Python newer than this one may have."""
_WITH_ITEMS = frozenset({"str", "list", "tuple", "dict"})


def lacks(kind: str, name: str) -> bool:
    """Whether no Python has a member of this name in values of a kind; false for kinds that are not known."""
    classes = _CLASSES.get(kind)
    if classes is None or name.startswith("_") or name in _NEWER.get(kind, ()):
        return False
    return not any(hasattr(cls, name) for cls in classes)


def has_items(kind: str) -> bool:
    """Whether square brackets take something out of values of a kind; true for kinds that are not known."""
    return kind in _WITH_ITEMS or kind not in _CLASSES
