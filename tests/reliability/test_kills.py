"""A job that is killed at a dozen of its requests: nothing half-made is there, the next run is right, and no folder stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability.kills import Job, points_of

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark

NODES = ("merged", "by_part", "py_whole", "seed")
SIGNALS = ("SIGKILL", "SIGKILL", "SIGINT", "SIGKILL", "SIGKILL", "SIGHUP")


def test_a_dozen_points(endpoint: EndpointHandle, endpoint_dir: Path, tmp_path: Path) -> None:
    job = Job(endpoint, endpoint_dir, tmp_path / "job", NODES)
    try:
        assert job.build() == []
        requests = job.requests()
        for point in points_of(12, requests, SIGNALS, seed=1):
            at, wrong = job.kill(point)
            assert not wrong, f"{point} ({at}): {wrong}"
        assert job.end() == []
    finally:
        job.close()
