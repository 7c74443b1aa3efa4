"""The cases of the rules about columns are what they say on the installed Spark: the valid ones run, the invalid ones raise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("refused_columns.py")
CODES = (
    *("GLU615", "GLU616", "GLU617", "GLU618", "GLU619", "GLU627"),
    *("GLU643", "GLU644", "GLU645"),
)


def test_spark_runs_the_valid_cases_and_refuses_the_invalid_ones() -> None:
    ended = subprocess.run(
        [sys.executable, str(PROGRAM), *CODES], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(ended.stdout)
    assert found["refused"] == []
    assert found["taken"] == []
    assert found["tried"] > 100
