"""The console script: what it says and its exit code arrive whole, however the process ends."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = (sys.executable, "-c", "from glue_cli.main import script; script()")
GOOD = "def model(dbt, session):\n    return dbt.ref('orders')\n"
LOST = "def model(dbt, session):\n    return dbt.ref('orders')[['id']].distinct()\n"


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        (GOOD, (), 0, "1 model checked, nothing found"),
        (LOST, (), 1, "GLU201"),
        (LOST, ("--exit-zero",), 0, "GLU201"),
        (GOOD, ("--select", "GLU999"), 2, "GLU999"),
        (GOOD, ("--no-such-option",), 2, "No such option"),
    ],
)
def test_a_check_says_all_and_ends_with_its_code(
    tmp_path: Path, text: str, options: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "model.py").write_text(text)
    command = (*SCRIPT, "check", "--no-cache", *options, "model.py")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_check_that_nobody_reads_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(LOST)
    command = (*SCRIPT, "check", "--no-cache", "model.py")
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) != 0


def test_other_commands_end_as_python_does(tmp_path: Path) -> None:
    command = (*SCRIPT, "explain", "GLU602")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "unknown-member" in done.stdout
