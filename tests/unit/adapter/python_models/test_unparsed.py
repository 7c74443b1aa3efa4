"""What dbt's parser would refuse in fewer words is refused in ours, and only where dbt is about to parse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = "def model(dbt, session):\n    return session.range(3)\n"
UNCLOSED = "def model(dbt, session):\n    return session.range(3\n"


@pytest.fixture
def dbt(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dbtRunnerResult]:
    """Runs a dbt command in the project, with a manifest from elsewhere or without."""
    target = {"type": "glue", "endpoint": "local", "schema": "x", "threads": 1}
    profiles = {"shop": {"target": "t", "outputs": {"t": target}}}
    (project / "profiles.yml").write_text(json.dumps(profiles))
    (project / "dbt_project.yml").write_text("name: shop\nversion: '1.0'\nprofile: shop\n")
    (project / "models/good.py").write_text(GOOD)
    monkeypatch.chdir(project)

    def invoked(command: str, manifest: Any = None) -> dbtRunnerResult:
        return dbtRunner(manifest=manifest).invoke([command, "--profiles-dir", str(project)])

    return invoked


def test_a_syntax_error_is_named_by_its_place(
    dbt: Callable[..., dbtRunnerResult], project: Path
) -> None:
    (project / "models/unclosed.py").write_text(UNCLOSED)
    outcome = dbt("parse")
    assert not outcome.success
    assert "models/unclosed.py:2:25 GLU001 syntax error" in str(outcome.exception)


def test_with_a_manifest_from_elsewhere_files_are_not_looked_at(
    dbt: Callable[..., dbtRunnerResult], project: Path
) -> None:
    parsed = dbt("parse")
    assert parsed.success
    (project / "models/unclosed.py").write_text(UNCLOSED)
    outcome = dbt("list", manifest=parsed.result)
    assert outcome.success
    assert outcome.result == ["shop.good"]
