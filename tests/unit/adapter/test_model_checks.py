"""What the checks of models take from the profile and from the project's settings file."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.preflight import new_checks
from dbt.adapters.glue.python_checks import ModelFile, PythonModelRefused

if TYPE_CHECKING:
    from pathlib import Path

# DataFrame.offset came with Spark 3.4: Glue 4.0 has 3.3.
NEWER = "def model(dbt, session):\n    return session.range(9).offset(2)\n"
DELTA = (
    "from delta.tables import DeltaTable\n\n\n"
    "def model(dbt, session):\n    return DeltaTable.forName(session, 'x').toDF()\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    return tmp_path


def check(project: Path, text: str, **profile: Any) -> None:
    credentials = GlueCredentials(schema="x", endpoint="local", **profile)
    config = SimpleNamespace(project_root=str(project), project_name="shop")
    adapter: Any = SimpleNamespace(config=config, credentials=credentials)
    new_checks(adapter).check(ModelFile("models/m.py", text), own=True)


def test_the_profiles_glue_version_holds_where_the_settings_name_none(project: Path) -> None:
    (project / "dbt-glue.toml").write_text('ignore = ["GLU703"]\n')
    check(project, NEWER, glue_version="5.0")
    with pytest.raises(PythonModelRefused, match="offset"):
        check(project, NEWER, glue_version="4.0")


def test_the_settings_may_name_another(project: Path) -> None:
    (project / "dbt-glue.toml").write_text('glue-version = "5.0"\n')
    check(project, NEWER, glue_version="4.0")


def test_a_datalake_format_of_the_profile_brings_its_module(project: Path) -> None:
    with pytest.raises(PythonModelRefused, match="delta"):
        check(project, DELTA)
    check(project, DELTA, datalake_formats="iceberg,delta")
