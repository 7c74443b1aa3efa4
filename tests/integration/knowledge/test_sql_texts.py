"""The columns that the compiler reads in texts of SQL are columns to the installed Spark, and have the names and types that it gives; queries select what is read of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("sql_texts.py")


def test_spark_reads_the_same_columns_in_texts_of_sql() -> None:
    """Each name that is read as a column is replaced by one that the frame has not: Spark must miss it."""
    ended = subprocess.run(
        [sys.executable, str(PROGRAM)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(ended.stdout)
    assert found["refused"] == []
    assert found["unread"] == []
    assert found["taken"] == []
    assert found["misnamed"] == []
    assert found["read"] > 300
    assert found["refused_types"] == []
    assert found["taken_types"] == []
    assert found["types"] > 40
    assert found["misread"] == []
    assert found["queries"] > 15
