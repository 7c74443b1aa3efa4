"""The scripted server that tests of sessions and calls share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.adapter.scripted_glue import Glue

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def glue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Glue]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    glue = Glue()
    yield glue
    glue.close()
