"""At least 200 generated programs over generated data give the same with and without the rewrites, on real Spark.

`DBT_GLUE_REWRITE_PROGRAMS` sets how many programs of every shape, `DBT_GLUE_PROPERTY_SEED` another seed.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from equivalence import ERRORS, judged, told
from glue_compiler.rewrites import REWRITES
from local_spark import local_spark
from programs import NEVER, SHAPES

if TYPE_CHECKING:
    from pathlib import Path


PROGRAMS = int(os.environ.get("DBT_GLUE_REWRITE_PROGRAMS", "25"))


@pytest.mark.timeout(0)
def test_many_generated_programs_give_the_same(tmp_path: Path) -> None:
    applied: Counter[str] = Counter()
    started = time.monotonic()
    print()
    with local_spark(tmp_path / "warehouse") as spark:
        for name, shape in SHAPES.items():
            print(
                f"  {name}: {told(judged(spark, shape, PROGRAMS, tmp_path, applied))}", flush=True
            )
    print(f"all, in {time.monotonic() - started:.0f} s: {told(applied)}")
    assert applied["programs"] >= min(200, PROGRAMS * len(SHAPES) * 0.8)
    assert applied[ERRORS] <= applied["programs"] / 4
    missing = [name for name in (*REWRITES, "conversion") if not applied[name]]
    assert set(missing) == NEVER, f"never applied: {', '.join(missing)}"
    assert all(
        applied[f"{name} in the session"] for name in ("projection", "filters", "with_columns")
    )
