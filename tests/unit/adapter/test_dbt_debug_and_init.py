"""`dbt debug` and `dbt init` as a person uses them, without a session: what they ask and what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner


def dbt(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    return subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            {"endpoint": "local", "worker": 2, "idle_timeout": 0},
            "worker: unknown field, without effect; did you mean `workers`?",
        ),
        ({"region": "eu-west-1"}, "role_arn: required for `endpoint: aws`"),
        (
            {"endpoint": "http://127.0.0.1:9", "boto_retry_max_attempts": 0},
            'Glue CreateSession failed: Could not connect to the endpoint URL: "http://127.0.0.1:9/"',
        ),
    ],
)
def test_debug_says_what_is_wrong(tmp_path: Path, target: dict[str, Any], said: str) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    output = {"type": "glue", "schema": "x", "threads": 1, **target}
    profile = {"shop": {"target": "t", "outputs": {"t": output}}}
    (tmp_path / "profiles.yml").write_text(json.dumps(profile))
    finished = dbt(tmp_path, "debug", "--profiles-dir", ".")
    assert finished.returncode != 0
    assert said in finished.stdout
    assert "Traceback" not in finished.stdout + finished.stderr


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            ["analytics", "1", "4"],
            {"type": "glue", "schema": "analytics", "endpoint": "local", "threads": 4},
        ),
        (
            ["", "2", "arn:aws:iam::123456789012:role/Glue", "eu-west-1", "s3://b/w/", "", "", "", "", ""],
            {
                "type": "glue", "schema": "dbt_dev", "endpoint": "aws",
                "role_arn": "arn:aws:iam::123456789012:role/Glue", "region": "eu-west-1",
                "location": "s3://b/w/", "glue_version": "5.1", "worker_type": "G.1X", "workers": 2,
                "idle_timeout": 10, "threads": 1,
            },
        ),
    ],
)  # fmt: skip
def test_init_asks_for_a_profile_that_works(answers: list[str], expected: dict[str, Any]) -> None:
    """dbt's own questions and answers; the command itself lists only adapters that are not editable installs."""
    from dbt.task.init import InitTask

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.include.glue import PACKAGE_PATH

    template = yaml.safe_load((Path(PACKAGE_PATH) / "profile_template.yml").read_text())
    target: dict[str, Any] = {}

    @click.command()
    def init() -> None:
        asked = InitTask.__new__(InitTask)
        target.update(asked.generate_target_from_input(template["prompts"], template["fixed"]))

    finished = CliRunner().invoke(init, input="".join(f"{answer}\n" for answer in answers))
    assert finished.exit_code == 0, finished.output
    assert target == expected
    GlueCredentials.validate({key: value for key, value in target.items() if key != "type"})
