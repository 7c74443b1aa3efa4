"""What GLU612 says that Spark refuses, the installed Spark refuses: every such parameter is given every such kind of value."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("refused_arguments.py")


def test_spark_takes_none_of_the_values_that_it_is_said_to_refuse() -> None:
    ended = subprocess.run(
        [sys.executable, str(PROGRAM)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(ended.stdout)
    assert found["taken"] == []
    assert found["tried"] > 1_000
    # Where a call fails with arguments that fit, too, its refusals prove nothing.
    assert len(found["unproved"]) < found["tried"] / 100, found["unproved"]
