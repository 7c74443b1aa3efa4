"""Real editors, headless: they show a finding, hover and complete, apply the quick fix, and the finding goes.

They are Neovim, Emacs with eglot and Vim with ALE, in Debian: neovim, emacs-nox, elpa-eglot, vim-nox
and vim-ale. `tools/verify.py editors` installs them where it can, and says so where it cannot.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.lsp.conftest import FILES
from tests.unit.lsp.wire import SERVER

SCRIPTS = Path(__file__).parent
COMMANDS = {
    "nvim": ["nvim", "--headless", "--clean", "-n", "-S", str(SCRIPTS / "check.lua")],
    "emacs": ["emacs", "--batch", "-l", str(SCRIPTS / "check.el")],
    "vim": ["vim", "-n", "-N", "-u", "NONE", "-i", "NONE", "-es", "-S", str(SCRIPTS / "check.vim")],
}
SAID = {
    "nvim": (
        "frame of another model",
        "completion customers",
        "fix Change it to `orders` (GLU208)",
    ),
    "emacs": (
        "frame of another model",
        "completion customers",
        "fix Change it to `orders` (GLU208)",
    ),
    "vim": (),
}
MODEL = """def model(dbt, session):
    return dbt.ref("order")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "models/report.py").write_text(MODEL, encoding="utf-8")
    return tmp_path


def run(editor: str, project: Path, server: tuple[str, ...], seconds: str) -> tuple[int, str]:
    assert shutil.which(editor), f"there is no {editor}; `tools/verify.py editors` installs it"
    environment = {
        **os.environ,
        "SERVER": "|".join(server),
        "ROOT": str(project),
        "FILE": str(project / "models/report.py"),
        "HOME": str(project),
        "SECONDS": seconds,
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
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("editor", COMMANDS)
def test_an_editor_shows_and_repairs_a_finding(editor: str, project: Path) -> None:
    status, output = run(editor, project, SERVER, "30")
    assert status == 0, output
    assert "diagnostic" in output
    assert "GLU208" in output
    for text in SAID[editor]:
        assert text in output
    assert 'dbt.ref("orders")' in output.partition("fixed ")[2]


@pytest.mark.parametrize("editor", COMMANDS)
def test_without_a_server_the_check_fails(editor: str, project: Path) -> None:
    status, output = run(editor, project, ("/no/such/server", "lsp"), "3")
    assert status != 0, output
    assert "fixed " not in output
