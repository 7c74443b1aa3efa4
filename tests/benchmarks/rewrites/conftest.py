"""The Spark, the generated programs and the ways to run models of the integration tests, for the benchmarks."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "integration" / "rewrites"))
