"""dbt's own suite of an unknown incremental strategy."""

from __future__ import annotations

import pytest
from dbt.tests.adapter.basic.test_incremental import BaseIncrementalBadStrategy

pytestmark = pytest.mark.spark


class TestBadStrategy(BaseIncrementalBadStrategy):
    pass
