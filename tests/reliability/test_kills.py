"""A job that is killed at a dozen of its requests: nothing half-made is there, the next run is right, and no folder stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability.kills import NOT_REACHED, Job, points_of

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark

NODES = ("merged", "by_part", "appended", "py_merged", "seed")
SIGNALS = ("SIGKILL", "SIGKILL", "SIGINT", "SIGKILL", "SIGKILL", "SIGHUP")


@pytest.mark.timeout(1800)  # some thirty runs, and each may take 300 s
def test_a_dozen_points(endpoint: EndpointHandle, endpoint_dir: Path, tmp_path: Path) -> None:
    job = Job(endpoint, endpoint_dir, tmp_path / "job", NODES)
    try:
        assert job.build() == []
        # A run that was slow polls more: points beyond what others make strike nothing.
        requests = min(job.requests() for _ in range(2))
        struck = 0
        for point in points_of(12, requests, SIGNALS, seed=1):
            at, wrong = job.kill(point)
            assert not wrong, f"{point} ({at}): {wrong}"
            struck += at != NOT_REACHED
        assert struck > 6
        assert job.end() == []
    finally:
        job.close()
