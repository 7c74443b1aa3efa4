"""What runs is left alone: no error and no warning on an idiom, in a project that knows all columns of its inputs.

`tests/integration/rewrites/test_idioms.py` runs each of them on Spark.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutation.judging import Judge

IDIOMS = Path(__file__).parents[2] / "data" / "idioms"
NAMES = sorted(path.stem for path in IDIOMS.glob("*.py"))


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(tmp_path_factory.mktemp("shop"))


def test_there_are_many() -> None:
    assert len(NAMES) >= 90


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_said_of_it(name: str, judge: Judge) -> None:
    assert judge.said((IDIOMS / f"{name}.py").read_text("utf-8")) == []


def test_the_columns_are_known(judge: Judge) -> None:
    text = "def model(dbt, session):\n    return dbt.ref('{}').select('nothing')\n"
    for table in ("orders", "events"):
        assert [one.code for one in judge.said(text.format(table))] == ["GLU601"]
