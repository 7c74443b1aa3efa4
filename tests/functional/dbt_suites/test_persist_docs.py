"""dbt's own suites of descriptions whose columns are not there."""

from __future__ import annotations

import pytest
from dbt.tests.adapter.persist_docs.test_persist_docs import (
    BasePersistDocsAllColumnsMissing,
    BasePersistDocsColumnMissing,
    BasePersistDocsQuotedColumnCaseSensitive,
    BasePersistDocsQuotedDescriptionNotAppliedOnMismatch,
)

pytestmark = pytest.mark.spark


class TestColumnMissing(BasePersistDocsColumnMissing):
    pass


class TestAllColumnsMissing(BasePersistDocsAllColumnsMissing):
    pass


class TestQuotedColumnCaseSensitive(BasePersistDocsQuotedColumnCaseSensitive):
    pass


class TestQuotedDescription(BasePersistDocsQuotedDescriptionNotAppliedOnMismatch):
    pass
