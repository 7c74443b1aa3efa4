"""What benchmarks share: a Glue client of an embedded endpoint, and what ran of the integration tests' models."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [
    str(Path(__file__).parent),
    str(Path(__file__).parents[1] / "integration" / "rewrites"),
]
