"""One embedded endpoint for the whole run, and the dbt target that uses it."""

from __future__ import annotations

import gc
import logging
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.process import client
from hypothesis import settings

from tests.local_target import local_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

pytest_plugins = ["dbt.tests.fixtures.project"]

# A run that has passed passes again: property tests draw the same values each time, and others by
# `pytest --hypothesis-profile=others`. Read before the test modules, whose own settings add to it.
settings.register_profile("others", database=None)
settings.register_profile("same", derandomize=True, database=None)
settings.load_profile("same")

# A shell's background job ignores SIGINT, and so would the processes that the tests interrupt.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Collect garbage rarely: a sixth of the time of dbt's tests went into looking at what stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


SHARE_OF_GARBAGE = 0.05
"""Of the time of a run, at most, for looking at what stays: with a million objects, a look takes seconds."""
_next_look = 0.0


@pytest.fixture(autouse=True, scope="module")
def garbage_of_a_module() -> Iterator[None]:
    """What modules' runs of dbt leave goes soon after them: several gigabytes add up in a long job."""
    global _next_look
    yield
    began = time.monotonic()
    if began >= _next_look:
        gc.collect()
        ended = time.monotonic()
        _next_look = ended + (ended - began) / SHARE_OF_GARBAGE


@pytest.fixture(scope="session")
def endpoint_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of the endpoint: metastore and warehouse of all tests."""
    return tmp_path_factory.mktemp("endpoint") / ".dbt-glue"


@pytest.fixture(scope="session")
def endpoint(endpoint_dir: Path) -> Iterator[EndpointHandle]:
    """A running embedded endpoint, kept warm until the last test."""
    log = logging.getLogger(__name__)
    handle = client.ensure_endpoint(endpoint_dir, on_progress=log.info)
    try:
        yield handle
    finally:
        client.stop(endpoint_dir)


@pytest.fixture(scope="class")
def dbt_profile_target(endpoint: EndpointHandle, endpoint_dir: Path) -> dict[str, Any]:
    """The target of the dbt projects that tests make; `schema` is added by dbt's fixtures."""
    return local_target(endpoint_dir)
