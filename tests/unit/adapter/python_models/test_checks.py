"""What the checks of models take from the profile and from the project's settings file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dbt.adapters.glue.python_models.errors import PythonModelRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Check = Callable[..., str]

# DataFrame.offset came with Spark 3.4: Glue 4.0 has 3.3.
NEWER = "def model(dbt, session):\n    return session.range(9).offset(2)\n"
DELTA = (
    "from delta.tables import DeltaTable\n\n\n"
    "def model(dbt, session):\n    return DeltaTable.forName(session, 'x').toDF()\n"
)
TYPO = "def model(dbt, session):\n\n    frame = session.range(9)\n    return fram\n"


@pytest.fixture
def check(models_of: Callable[..., Any], node_of: Callable[..., Any]) -> Check:
    """Checks a model of the project as `dbt compile` does, with fields of the profile."""

    def checked(text: str, **profile: Any) -> str:
        told: str = models_of(**profile).check(vars(node_of("m", text)), {})
        return told

    return checked


def test_the_profiles_glue_version_holds_where_the_settings_name_none(
    check: Check, project: Path
) -> None:
    (project / "dbt-glue.toml").write_text('ignore = ["GLU703"]\n')
    assert "m.py is the program that runs" in check(NEWER, glue_version="5.0")
    with pytest.raises(PythonModelRefused, match="offset"):
        check(NEWER, glue_version="4.0")


def test_the_settings_may_name_another(check: Check, project: Path) -> None:
    (project / "dbt-glue.toml").write_text('glue-version = "5.0"\n')
    assert check(NEWER, glue_version="4.0")


def test_settings_that_cannot_be_used_refuse_the_models(check: Check, project: Path) -> None:
    (project / "dbt-glue.toml").write_text("glue-version = 5\n")
    with pytest.raises(PythonModelRefused, match="glue-version"):
        check(NEWER)


def test_a_datalake_format_of_the_profile_brings_its_module(check: Check) -> None:
    with pytest.raises(PythonModelRefused, match="delta"):
        check(DELTA)
    assert check(DELTA, datalake_formats="iceberg,delta")


def test_an_error_names_its_place_and_shows_its_line(check: Check) -> None:
    with pytest.raises(PythonModelRefused) as refused:
        check(TYPO)
    assert str(refused.value.msg).split("\n") == [
        "models/m.py:4:12 GLU501 the name `fram` is not defined; did you mean `frame`?",
        "    return fram",
        "           ^^^^",
    ]


def test_a_model_of_a_package_is_checked_without_the_project(
    models_of: Callable[..., Any], node_of: Callable[..., Any]
) -> None:
    text = "def model(dbt, session):\n    return dbt.ref('only_the_package_has_it')\n"
    models = models_of()
    assert models.check(vars(node_of("theirs", text, package="lent")), {})
    with pytest.raises(PythonModelRefused, match="GLU208"):
        models.check(vars(node_of("ours", text)), {})
