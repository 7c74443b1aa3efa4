"""A dbt project of a few Python models, and what the adapter asks about them, without a session."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.python_models.models import PythonModels
from dbt.adapters.glue.python_models.project import RunningProject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dbt.adapters.glue.cursor import GlueHandle


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    return tmp_path


@pytest.fixture
def models_of(project: Path) -> Callable[..., PythonModels]:
    """The project's Python models in a run with the given fields of the profile."""

    def made(variables: dict[str, Any] | None = None, **profile: Any) -> PythonModels:
        credentials = GlueCredentials(schema="x", endpoint="local", **profile)
        running = RunningProject(project, "shop", project / "target", variables=variables or {})
        return PythonModels(running, credentials, no_session)

    return made


def no_session() -> GlueHandle:
    raise AssertionError("nothing here needs a session")


@pytest.fixture
def node_of(project: Path) -> Callable[..., Any]:
    """dbt's node of a model that is written into the project, or that a package brings along."""

    def made(name: str, text: str, *, package: str = "shop") -> Any:
        path = f"models/{name}.py"
        if package == "shop":
            (project / path).write_text(text)
        return SimpleNamespace(
            unique_id=f"model.{package}.{name}",
            name=name,
            language="python",
            resource_type="model",
            package_name=package,
            original_file_path=path,
            raw_code=text.strip(),
            config={"materialized": "table"},
        )

    return made
