"""dbt's own suites of grants, which are permissions of Lake Formation here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from dbt.tests.adapter.grants.base_grants import TEST_USER_ENV_VARS
from dbt.tests.adapter.grants.test_incremental_grants import BaseIncrementalGrants
from dbt.tests.adapter.grants.test_invalid_grants import BaseInvalidGrants
from dbt.tests.adapter.grants.test_model_grants import BaseModelGrants
from dbt.tests.adapter.grants.test_seed_grants import BaseSeedGrants
from dbt.tests.adapter.grants.test_snapshot_grants import BaseSnapshotGrants

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module", autouse=True)
def users() -> Iterator[None]:
    """The three users that dbt's suites ask the environment for, as Lake Formation names users."""
    with pytest.MonkeyPatch.context() as patched:
        for number, name in enumerate(TEST_USER_ENV_VARS):
            patched.setenv(name, f"arn:aws:iam::000000000000:user/user_{number}")
        yield


class TestIncrementalGrants(BaseIncrementalGrants):
    pass


class TestInvalidGrants(BaseInvalidGrants):
    dialect: ClassVar[str] = (
        "the words of the two errors; each model looks at its own configs (`populate_cache: false`), because else the "
        "command ends before it has results"
    )

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {"flags": {"populate_cache": False}}

    def grantee_does_not_exist_error(self) -> str:
        return "which is no principal of Lake Formation"

    def privilege_does_not_exist_error(self) -> str:
        return "names the unknown privilege 'fake_privilege'"


class TestModelGrants(BaseModelGrants):
    pass


class TestSeedGrants(BaseSeedGrants):
    pass


class TestSnapshotGrants(BaseSnapshotGrants):
    pass
