"""What benchmarks share: a Glue client of an embedded endpoint, and what ran of the integration tests' models."""

from __future__ import annotations

import compileall
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [
    str(Path(__file__).parent),
    str(Path(__file__).parents[1] / "integration" / "rewrites"),
]


@pytest.fixture(scope="session", autouse=True)
def bytecode() -> None:
    """Compile all Python, as whoever installs or uses it twice has it: no process that is measured does it."""
    ours = (ROOT / name for name in ("cli", "compiler", "dbt", "endpoint", "lsp", "session"))
    for folder in (*ours, Path(sysconfig.get_path("purelib"))):
        compileall.compile_dir(folder, quiet=2)
