"""The catalog and moto's answer the same random calls alike, but where docs/catalog.md says otherwise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.spark

PAGE = Path(__file__).parents[3] / "docs" / "catalog.md"
HISTORIES, CALLS = 40, 25


def listed_differences() -> set[str]:
    """The first column of the table below "moto"."""
    section = PAGE.read_text(encoding="utf-8").partition("## Beside moto")[2]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_all_differences_are_listed_and_judged(run_program: Any) -> None:
    found = run_program("moto_differences", str(HISTORIES), str(CALLS), MOTO_ACCOUNT_ID="0" * 12)
    assert found["calls"] > 400
    assert len(found["called"]) >= 34
    assert set(found["differences"]) == listed_differences(), found["differences"]
