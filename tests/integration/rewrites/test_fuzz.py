"""Programs by grammar: what runs on Spark has no error in the check (`python -m tools.fuzz` runs as many as you like)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.data.shop import tables
from tools.fuzz.grammar import program
from tools.fuzz.held import counted, held
from tools.mutation.judging import Judge
from tools.mutation.running import QUICK, Runner

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

PROGRAMS = int(os.environ.get("DBT_GLUE_FUZZ_PROGRAMS", "60"))


def test_what_runs_has_no_error(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: spark.conf.get(name) for name in QUICK}
    for name, value in QUICK.items():
        spark.conf.set(name, value)
    runner = Runner(spark, tables.views(spark), tmp_path / "written")
    found = held(range(PROGRAMS), runner, Judge(tmp_path / "shop"))
    for name, value in before.items():
        spark.conf.set(name, value)
    print("\n".join(counted(found).lines()))
    assert [(one.seed, one.text, one.false) for one in found if one.false] == []
    # Neither are all of them right, nor all of them wrong.
    assert sum(not one.given.error for one in found) >= PROGRAMS // 4
    assert sum(bool(one.given.error) for one in found) >= PROGRAMS // 10


def test_a_seed_writes_the_same_program() -> None:
    assert program(3) == program(3)
    texts = {program(seed) for seed in range(200)}
    assert len(texts) > 190
    for text in texts:
        compile(text, "<program>", "exec")
