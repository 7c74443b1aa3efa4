"""Every idiom of `tests/data/idioms`, and every model of the shop, runs on Spark: what the check must not report is right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.data.shop import tables
from tools.mutation.running import QUICK, Runner

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.spark

IDIOMS = Path(__file__).parents[2] / "data" / "idioms"
MODELS = {path.stem: path for folder in (IDIOMS, tables.MODELS) for path in folder.glob("*.py")}


@pytest.fixture(scope="module")
def runner(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    before = {name: spark.conf.get(name) for name in QUICK}
    for name, value in QUICK.items():
        spark.conf.set(name, value)
    yield Runner(spark, tables.views(spark), tmp_path_factory.mktemp("written"))
    for name, value in before.items():
        spark.conf.set(name, value)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_it_runs(name: str, runner: Runner) -> None:
    given = runner.run(MODELS[name].read_text("utf-8"))
    assert (given.error, given.message) == ("", "")
    assert given.columns
    assert given.rows


def test_nothing_is_written_for_a_model_that_fails(runner: Runner) -> None:
    given = runner.run("def model(dbt, session):\n    return dbt.ref('orders').select('nothing')\n")
    assert given.error == "AnalysisException"
    assert given.lines == (2,)
