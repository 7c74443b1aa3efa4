"""How long property tests look, as the environment asks: a long run gives more examples, and seeds of its own.

`DBT_GLUE_PROPERTY_EXAMPLES` sets how many examples are made (tests/benchmarks/compiler asks for
20,000), `DBT_GLUE_PROPERTY_SEED` others than the fixed ones.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable

Test = TypeVar("Test", bound="Callable[..., None]")

EXAMPLES = int(os.environ.get("DBT_GLUE_PROPERTY_EXAMPLES", "100"))
SEED = os.environ.get("DBT_GLUE_PROPERTY_SEED")
HALF = settings(
    max_examples=max(EXAMPLES // 2, 1),
    deadline=None,
    derandomize=SEED is None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
"""For texts that are analysed in full."""


def seeded(test: Test) -> Test:
    """`test` with the seed asked for; with the fixed examples when none is."""
    return test if SEED is None else hypothesis.seed(int(SEED))(test)
