"""What the adapter declares to dbt, by the version of dbt-core."""

from __future__ import annotations

import pytest
from dbt.adapters.capability import Capability, Support

from dbt.adapters.glue.capabilities import CAPABILITIES, declared


@pytest.mark.parametrize(("dbt_core", "concurrent"), [
    ("1.10.23", False),
    ("1.11.0", True),
    ("1.11.16", True),
    ("1.12.0b1", True),
    ("1.9.8", False),
])  # fmt: skip
def test_batches_run_at_the_same_time_from_the_dbt_core_on_that_can(
    dbt_core: str, concurrent: bool
) -> None:
    support = declared(dbt_core)[Capability.MicrobatchConcurrency].support
    assert (support is Support.Full) is concurrent


@pytest.mark.parametrize("dbt_core", ["1.10.23", "1.11.16"])
def test_the_others_are_declared_on_every_version(dbt_core: str) -> None:
    known = {capability.value for capability in Capability}
    found = declared(dbt_core)
    assert all(
        found[Capability(name)].support is Support.Full
        for name in CAPABILITIES
        if name in known and name != "MicrobatchConcurrency"
    )


def test_what_is_installed_counts_when_no_version_is_given() -> None:
    assert declared()[Capability.MicrobatchConcurrency].support is Support.Full
