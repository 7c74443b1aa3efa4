"""A rewritten model gives the rows, columns, types and errors of the written one, on real Spark.

`DBT_GLUE_REWRITE_PROGRAMS` sets how many programs of every shape are made, `DBT_GLUE_PROPERTY_SEED`
another seed than the fixed one; `make bench` makes 25 of each (tests/benchmarks/rewrites).
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from equivalence import judged, told
from glue_compiler.rewrites import REWRITES
from programs import NEVER, SHAPES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

PROGRAMS = int(os.environ.get("DBT_GLUE_REWRITE_PROGRAMS", "3"))


@pytest.mark.parametrize("name", SHAPES)
def test_generated_programs_give_the_same(spark: Any, name: str, tmp_path: Path) -> None:
    found = judged(spark, SHAPES[name], PROGRAMS, tmp_path, Counter())
    print(f"{name}: {told(found)}")
    assert found["programs"] >= PROGRAMS - 1
    assert not [rewrite for rewrite in NEVER if found[rewrite]]
    missing = SHAPES[name].aims - set(found)
    assert not missing, f"never applied: {', '.join(sorted(missing))}"


def test_every_rewrite_has_a_shape_that_it_is_applied_to() -> None:
    aims = {rewrite for shape in SHAPES.values() for rewrite in shape.aims}
    assert aims == {*REWRITES, "conversion"} - NEVER
