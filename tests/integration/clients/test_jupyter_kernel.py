"""AWS's own notebook kernel runs a notebook on the endpoint, offline."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.spark


def test_the_cells_of_a_notebook(run_program: Any) -> None:
    found = run_program("jupyter_kernel")
    assert {name for name, cell in found.items() if cell["status"] != "ok"} == {"error"}
    texts = {name: cell["text"] for name, cell in found.items()}
    assert texts["spark"].endswith("has been created.\n5\n")
    assert texts["sql"] == (
        "+---+------+\n|one|letter|\n+---+------+\n|  1|     a|\n+---+------+\n"
    )
    assert texts["awsglue"] == "({'glue_kernel_version': '1.0.9'}, 6)\n"
    assert texts["error"] == "ZeroDivisionError: division by zero\n"
    assert texts["figure"] == "drawn\n"
    assert found["figure"]["displayed"] == {"image/png": "iVBORw0K"}  # PNG's first bytes
    assert "Status: READY\n" in texts["status"]
    assert "GlueVersion: 5.1\n" in texts["status"]
    assert "| notebook-" in texts["sessions"]
    assert texts["stop"].endswith("Stopped session.\n")
