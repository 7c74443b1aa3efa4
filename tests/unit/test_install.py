"""What `make` says on a machine that cannot take the installation."""

from __future__ import annotations

import importlib.util
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "install.py"


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(
        sys, "argv", ["install.py", "--venv", str(tmp_path / "venv"), "--need-endpoint"]
    )
    return module


@pytest.mark.parametrize("version", [(3, 9), (3, 14)])
def test_a_python_that_does_not_fit_is_named_with_the_way_out(
    install: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    version: tuple[int, int],
) -> None:
    monkeypatch.setattr(install, "sys", SimpleNamespace(**{**vars(sys), "version_info": version}))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert install.main() == 1
    said = capsys.readouterr().err
    assert f"Python {version[0]}.{version[1]} cannot run the embedded endpoint" in said
    assert "needs 3.10, 3.11 or 3.12" in said
    assert "make PYTHON=/path/to/python3.11" in said
    assert not (tmp_path / "venv").exists()


def test_a_full_disk_is_told_before_anything_is_installed(
    install: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(install.shutil, "disk_usage", lambda _path: usage(9, 9, 120_000_000))
    assert install.main() == 1
    said = capsys.readouterr().err
    assert f"120 MB are free at {tmp_path} and the installation needs 3000 MB" in said
    assert "make VENV=/path/with/space" in said
    assert not (tmp_path / "venv").exists()
