"""Members of Python's own values: none that some Python has is said to be missing."""

from __future__ import annotations

import pandas as pd
import pytest
from glue_compiler.knowledge.builtins import has_items, lacks


@pytest.mark.parametrize("value", [1, 1.5, True, "a", [1], (1,), {1}, {"a": 1}])
def test_what_a_value_has_is_not_missing(value: object) -> None:
    kind = type(value).__name__
    assert [name for name in dir(value) if lacks(kind, name)] == []
    assert has_items(kind) == hasattr(value, "__getitem__")


def test_what_a_method_passes_on_is_not_missing() -> None:
    method = pd.DataFrame({"a": [1]}).head
    assert [name for name in dir(method) if lacks("method", name)] == []
    assert not has_items("method")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("list", "filter"),
        ("int", "limit"),
        ("str", "trim"),
        ("dict", "select"),
        ("method", "limit"),
    ],
)
def test_members_of_frames_are_missing(kind: str, name: str) -> None:
    assert lacks(kind, name)


@pytest.mark.parametrize(
    ("kind", "name"), [("int", "is_integer"), ("str", "removeprefix"), ("unknown", "filter")]
)
def test_members_of_a_newer_python_and_values_of_no_known_class_are_left_alone(
    kind: str, name: str
) -> None:
    assert not lacks(kind, name)
