"""Writers and readers beside each other on a bad wire, with kills: what was seen is what may be seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.reliability.checker import violations
from tests.reliability.history import Theatre, shortest
from tests.reliability.writers import WRITERS

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

pytestmark = pytest.mark.spark

SECONDS = 45


def test_every_read_is_one_whole_version_and_nothing_acknowledged_is_lost(
    endpoint: EndpointHandle, endpoint_dir: Path, tmp_path: Path
) -> None:
    theatre = Theatre(endpoint, endpoint_dir, tmp_path, seed=1, tables=list(WRITERS))
    history = theatre.play(SECONDS)
    found = violations(history)
    assert not found, "\n".join(str(violation) for violation in shortest(found))
    assert theatre.failed == []
    # The quiet end alone writes each table once, and each reader reads it twice.
    assert len([write for write in history.writes if write.ended]) > len(WRITERS)
    reads = Counter(read.reader for read in history.reads)
    assert len(reads) == 3
    assert all(count > 2 * len(WRITERS) for count in reads.values()), reads
