"""The project's wheel, in environments as people make them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.versions import uv

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT))
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installed(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Sequence[str], bool], Path]:
    """`installed(packages, needs)`: the `bin` of a new environment with the wheel, with or without what it needs."""
    constraints = ROOT / "constraints" / f"py{sys.version_info[0]}{sys.version_info[1]}.txt"

    def install(packages: Sequence[str], needs: bool) -> Path:
        folder = tmp_path_factory.mktemp("environment")
        python = folder / "bin" / "python"
        pip = ("pip", "install", "--quiet", "--python", str(python))
        uv("venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder))
        if packages:
            uv(*pip, "--constraints", str(constraints), *packages)
        uv(*pip, *(("--constraints", str(constraints)) if needs else ("--no-deps",)), str(wheel))
        return python.parent

    return install
