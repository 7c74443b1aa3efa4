"""What GLU640 says that Python, numpy and pandas do not take of Spark, the installed ones do not take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("driver_functions.py")


def test_no_function_of_the_driver_takes_what_it_is_said_to_refuse() -> None:
    ended = subprocess.run(
        [sys.executable, str(PROGRAM)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(ended.stdout)
    assert found["taken"] == []
    assert found["tried"] > 100
