"""A run of dbt analyses every model once, and a second one in the same process not at all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import glue_compiler.analysis
import pytest
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark

FIRST = """
def model(dbt, session):
    return session.range(3).withColumnRenamed("id", "first_of_three")
"""
SECOND = """
def model(dbt, session):
    return dbt.ref("first").filter("first_of_three > 0")
"""
THIRD = """
def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append")
    return dbt.ref("second").withColumnRenamed("first_of_three", "third_of_three")
"""


class TestFactsOnce:
    @pytest.fixture(scope="class")
    def models(self) -> dict[str, str]:
        return {"first.py": FIRST, "second.py": SECOND, "third.py": THIRD}

    @pytest.fixture
    def analysed(self, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
        """How often each text was analysed since the test began."""
        real, counted = glue_compiler.analysis.analyze, Counter[str]()

        def counting(source: Any, *args: Any, **kwargs: Any) -> Any:
            counted[source if isinstance(source, str) else source.text] += 1
            return real(source, *args, **kwargs)

        monkeypatch.setattr(glue_compiler.analysis, "analyze", counting)
        return counted

    def test_each_model_is_analysed_once(self, project: Any, analysed: Counter[str]) -> None:
        assert len(run_dbt(["run"])) == 3
        folder = Path(project.project_root, "models")
        texts = [file.read_text() for file in sorted(folder.glob("*.py"))]
        assert analysed == dict.fromkeys(texts, 1)
        assert len(run_dbt(["run"])) == 3
        assert analysed == dict.fromkeys(texts, 1)
