"""`dbt-glue check` in several processes: the same answer in the same order, and an orderly end when it is cut short."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = (sys.executable, "-c", "from glue_cli.main import main; main()", "check", "--no-cache")
GOOD = "def model(dbt, session):\n    return dbt.ref('orders')\n"
LOST = "def model(dbt, session):\n    return dbt.ref('orders')[['id']].distinct()\n"
READER = "def model(dbt, session):\n    return dbt.ref('upstream').select('id')\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models/readers").mkdir(parents=True)
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: shop\n")
    (tmp_path / "models/orders.sql").write_text("select 1 as id")
    return tmp_path


def test_findings_come_in_the_order_of_the_files_however_many_processes(project: Path) -> None:
    for number in range(60):
        # Files that take long stand among those that do not, so that later ones are ready first.
        text = LOST + "\n\n# long\n" + "x = [1, 2, 3]\n" * (2000 if number % 20 == 0 else 1)
        (project / f"models/m{number:02}.py").write_text(text if number % 2 == 0 else GOOD)

    def found(*options: str) -> list[str]:
        command = [*COMMAND, "--output-format", "json", *options]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        return [item["path"] for item in json.loads(done.stdout)]

    alone = found("--jobs", "1")
    assert alone == sorted(alone)
    assert len(alone) == 30
    assert found("--jobs", "3") == alone
    assert found() == alone


def test_settings_that_cannot_be_used_end_with_2_also_when_a_copy_read_them(project: Path) -> None:
    (project / "models/m.py").write_text(GOOD)
    (project / "dbt-glue.toml").write_text("selct = []\n")
    done = subprocess.run(COMMAND, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "did you mean `select`?" in done.stderr
    assert "Traceback" not in done.stderr


class TestCutShort:
    """Models that are pipes hold the processes at places that are known."""

    @pytest.fixture
    def gate(self, project: Path) -> Path:
        for number in range(30):
            (project / f"models/readers/m{number:02}.py").write_text(READER)
        (project / "models/upstream.py").write_text(GOOD)
        gate = project / "models/z_gate.py"
        os.mkfifo(gate)
        return gate

    @pytest.fixture
    def check(self, project: Path, gate: Path) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(
            [*COMMAND, "--jobs", "2", "models/readers"],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            yield process
            process.kill()

    @contextmanager
    def while_files_are_checked(self, gate: Path) -> Iterator[None]:
        """The model that all others read holds who checks them; it was a file when the project was read."""
        upstream = gate.with_name("upstream.py")
        with gate.open("w"):
            upstream.unlink()
            os.mkfifo(upstream)
        with upstream.open("w"):
            yield
            upstream.unlink()

    def test_while_the_project_is_read(self, check: subprocess.Popen[str], gate: Path) -> None:
        with gate.open("w"):
            os.killpg(check.pid, signal.SIGINT)
            _, said = check.communicate(timeout=60)
        assert check.returncode == 1
        assert said.strip() == "Aborted!"

    def test_while_files_are_checked(self, check: subprocess.Popen[str], gate: Path) -> None:
        with self.while_files_are_checked(gate):
            os.killpg(check.pid, signal.SIGINT)
        _, said = check.communicate(timeout=60)
        assert check.returncode == 1
        assert said.strip() == "Aborted!"

    def test_a_process_that_dies_is_told(self, check: subprocess.Popen[str], gate: Path) -> None:
        with self.while_files_are_checked(gate):
            for child in psutil.Process(check.pid).children(recursive=True):
                # The others may end by themselves once the first is gone.
                with suppress(psutil.NoSuchProcess):
                    child.kill()
        _, said = check.communicate(timeout=60)
        assert check.returncode == 2
        assert "was ended from outside; try --jobs 1" in said
        assert "Traceback" not in said
