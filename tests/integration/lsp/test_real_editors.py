"""Real editors, headless: they show a finding, hover and complete, apply the quick fix, and the finding goes.

The tests are there for the editors that are installed (Debian: neovim, emacs-nox with elpa-eglot).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent / "editors"
COMMANDS = {
    "nvim": ["nvim", "--headless", "--clean", "-n", "-S", str(SCRIPTS / "check.lua")],
    "emacs": ["emacs", "--batch", "-l", str(SCRIPTS / "check.el")],
}
SERVER = (sys.executable, "-c", "from glue_cli.main import main; main()", "lsp", "--stdio")
MODEL = """def model(dbt, session):
    return dbt.ref("order")
"""


@pytest.mark.parametrize("editor", [name for name in COMMANDS if shutil.which(name)])
def test_an_editor_shows_and_repairs_a_finding(editor: str, project: Path) -> None:
    file = project / "models/report.py"
    file.write_text(MODEL, encoding="utf-8")
    environment = {
        **os.environ,
        "SERVER": "|".join(SERVER),
        "ROOT": str(project),
        "FILE": str(file),
        "HOME": str(project),
    }
    done = subprocess.run(
        COMMANDS[editor],
        env=environment,
        cwd=project,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert "diagnostic GLU208" in output
    assert "frame of another model" in output
    assert "completion orders" in output or "customers" in output
    assert "fix Change it to `orders` (GLU208)" in output
    assert (
        'fixed     return dbt.ref("orders")' in output or 'fixed return dbt.ref("orders")' in output
    )
