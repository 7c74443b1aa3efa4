"""dbt's own suite of clones of tables, on Delta, which has them."""

from __future__ import annotations

from typing import ClassVar

import pytest
from dbt.tests.adapter.dbt_clone.test_dbt_clone import BaseClonePossible

from tests.functional.conformance.on_format import OnFormat

pytestmark = pytest.mark.spark


class TestClonePossible(OnFormat, BaseClonePossible):
    formats: ClassVar[tuple[str, ...]] = ("delta",)
