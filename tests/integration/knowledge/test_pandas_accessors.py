"""The table of what the members of `str`, `dt` and `cat` give, against the installed pandas."""

from __future__ import annotations

import contextlib
import itertools

import pandas as pd
import pytest
from glue_compiler.knowledge.pandas_accessors import EXPANDS, FRAME_OF, SERIES_OF

TEXT = pd.Series(["a-b", "1-2"])
STAMPS = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"]))
SERIES = {
    "str": (TEXT, pd.Series([b"a", b"b"])),
    "dt": (STAMPS, STAMPS.dt.tz_localize("UTC"), pd.Series(pd.to_timedelta([1, 2]))),
    "cat": (TEXT.astype("category"),),
}
OWN_ARGUMENTS = {"encode": ("utf-8",), "decode": ("utf-8",), "tz_convert": ("UTC",)}
# The arguments of the others that need any; the first that the member takes counts.
ARGUMENTS = ((), ("-",), (4,), ("D",), ("NFC",), ({},), ("a", "b"), ("(-)",))


def given(accessor: str, member: str) -> object:
    """What a member gives for the first series and arguments that it accepts."""
    given_arguments = (OWN_ARGUMENTS[member],) if member in OWN_ARGUMENTS else ARGUMENTS
    for series, arguments in itertools.product(SERIES[accessor], given_arguments):
        with contextlib.suppress(TypeError, ValueError, AttributeError):
            found = getattr(getattr(series, accessor), member)
            return found(*arguments) if callable(found) else found
    raise AssertionError(f"nothing was accepted by {accessor}.{member}")


@pytest.mark.parametrize(
    ("accessor", "member"), [(a, m) for a, ms in SERIES_OF.items() for m in sorted(ms)]
)
def test_members_that_give_a_series(accessor, member):
    assert isinstance(given(accessor, member), pd.Series)


@pytest.mark.parametrize(
    ("accessor", "member"), [(a, m) for a, ms in FRAME_OF.items() for m in sorted(ms)]
)
def test_members_that_give_a_frame(accessor, member):
    assert isinstance(given(accessor, member), pd.DataFrame)


@pytest.mark.parametrize(("member", "expands"), EXPANDS.items())
def test_members_that_expand(member, expands):
    argument = "(a)(b)" if member == "extract" else "-"
    found = getattr(TEXT.str, member)(argument)
    assert isinstance(found, pd.DataFrame if expands else pd.Series)
