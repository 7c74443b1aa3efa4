"""The hook that others name in their `.pre-commit-config.yaml`, in a repository of theirs.

pre-commit would install this repository for it, which takes a minute (`make pre-commit-hook`); here it finds the command
that is installed already, and everything else of the hook is as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
BIN = Path(sys.executable).parent

GOOD = 'def model(dbt, session):\n    return dbt.ref("flights")\n'
BAD = 'def model(dbt, session):\n    return dbt.ref("fligths")\n'


class Repository:
    """A git repository with a dbt project in a folder of it, and pre-commit installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models = folder / "warehouse" / "models"
        self.models.mkdir(parents=True)
        (folder / "warehouse" / "dbt_project.yml").write_text("name: warehouse\n", encoding="utf-8")
        (self.models / "flights.sql").write_text("select 1 as id\n", encoding="utf-8")
        hooks = [
            {**hook, "language": "system"}
            for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
        ]
        configuration = {"repos": [{"repo": "local", "hooks": hooks}]}
        (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(configuration))
        assert self("git", "init", "--quiet").returncode == 0
        assert self("pre-commit", "install").returncode == 0

    def __call__(self, *command: str) -> subprocess.CompletedProcess[str]:
        kept = {"HOME": str(self.folder), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        author = {
            f"GIT_{who}_{what}": "a@b"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**kept, **author},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def commit(self, name: str, text: str) -> subprocess.CompletedProcess[str]:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self("git", "add", "--all")
        return self("git", "commit", "--message", name)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_a_model_with_an_error_is_not_committed(repository: Repository) -> None:
    refused = repository.commit("warehouse/models/late.py", BAD)
    assert refused.returncode == 1
    assert "dbt-glue check...." in refused.stdout
    assert (
        "warehouse/models/late.py:2:20: GLU208 no model, seed or snapshot is called `fligths`"
        in refused.stdout
    )
    committed = repository.commit("warehouse/models/late.py", GOOD)
    assert committed.returncode == 0, committed.stdout
    assert "Passed" in committed.stdout


def test_what_is_no_model_is_not_checked(repository: Repository) -> None:
    done = repository.commit("scripts/late.py", BAD)
    assert done.returncode == 0, done.stdout
    assert "(no files to check)" in done.stdout


def test_pre_commit_takes_the_manifest(tmp_path: Path) -> None:
    command = [BIN / "pre-commit", "validate-manifest", MANIFEST]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
