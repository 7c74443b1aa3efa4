"""Local modules in a zip file: the same files give the same bytes, and nothing leaves the project by accident."""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import pytest
from dbt_common.exceptions import CompilationError, DbtRuntimeError
from glue_compiler.program.transport import MAX_CODE
from glue_compiler.project.profiles import Target
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Workspace

from dbt.adapters.glue.python_models.checks import ModelChecks
from dbt.adapters.glue.python_models.model_file import ModelFile
from dbt.adapters.glue.shipped_modules import pack_modules, ship_statements, with_modules

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("shared/__init__.py", "shared/deep/rates.json", "lib/single.py"):
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {name}\n")
    (tmp_path / "project/shared/__pycache__").mkdir()
    (tmp_path / "project/shared/__pycache__/x.pyc").touch()
    (tmp_path / "project/shared/.secret").touch()
    (tmp_path / "outside.py").touch()
    return tmp_path / "project"


def test_folders_and_files_are_at_the_top(root: Path) -> None:
    packed = pack_modules(root, ["shared/", "lib/single.py"])
    names = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    assert names == [
        *("shared/", "shared/deep/"),  # which makes folders importable that have no __init__.py
        *("shared/__init__.py", "shared/deep/rates.json", "single.py"),
    ]


def test_the_same_files_give_the_same_bytes(root: Path) -> None:
    packed = pack_modules(root, ["shared"])
    os.utime(root / "shared/__init__.py", (1, 1))
    assert pack_modules(root, ["shared"]) == packed
    (root / "shared/__init__.py").write_text("changed = True\n")
    assert pack_modules(root, ["shared"]) != packed


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("gone", "does not exist"),
        ("shared/deep/rates.json", "not a .py file"),
        ("shared/deep", "no Python files"),
        ("../outside.py", "not inside the project"),
        ("/etc", "not inside the project"),
        (".", "not inside the project"),
    ],
)
def test_what_is_no_module_is_refused(root: Path, module: str, said: str) -> None:
    with pytest.raises(DbtRuntimeError, match=said):
        pack_modules(root, [module])


def test_what_is_too_large_belongs_in_s3(root: Path) -> None:
    (root / "shared/model.bin").write_bytes(os.urandom(5 * 2**20))
    with pytest.raises(DbtRuntimeError, match="S3"):
        pack_modules(root, ["shared"])


def test_small_modules_cost_no_statement(root: Path) -> None:
    packed = pack_modules(root, ["shared"])
    (statement,) = with_modules(packed, ["run()\n"])
    assert statement.endswith("run()\n")


@pytest.mark.parametrize("size", [50_000, 200_000])
def test_large_modules_come_in_parts(root: Path, size: int) -> None:
    (root / "shared/data.bin").write_bytes(os.urandom(size))
    packed = pack_modules(root, ["shared"])
    statements = with_modules(packed, ["x" * MAX_CODE, "end()\n"])
    assert statements[-2:] == ("x" * MAX_CODE, "end()\n")
    assert statements[:-2] == ship_statements(packed)
    assert all(len(statement) <= MAX_CODE for statement in statements)


def test_checks_know_the_profiles_packages_and_the_models_modules(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "shared.py").touch()
    text = (
        "import humanize\nimport shared\n\n\ndef model(dbt, session):\n"
        "    dbt.config(python_modules=['shared.py'])\n"
        "    print(humanize, shared)\n    return session.range(1)\n"
    )
    file = ModelFile("models/orders.py", SourceText(text))
    (tmp_path / file.path).write_text(text)
    target = Target(glue_version="5.0", packages=("humanize==4.9.0",))
    ModelChecks(Workspace.open(tmp_path, target=target)).check([file])
    with pytest.raises(CompilationError, match="humanize"):
        ModelChecks(Workspace.open(tmp_path, target=Target(glue_version="5.0"))).check([file])
