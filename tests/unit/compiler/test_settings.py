"""Settings: where they are found, what they select, and how mistakes in them are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.project.settings import (
    Settings,
    SettingsError,
    find_settings_file,
    load_settings,
    settings_from,
)
from glue_compiler.rules import rule_names

if TYPE_CHECKING:
    from pathlib import Path


def _severity(settings: Settings, code: str = "GLU201", name: str = "lost-dbt-call") -> object:
    return settings.severity_of(code, name, Severity.ERROR)


def test_every_rule_is_on_by_default() -> None:
    assert _severity(Settings()) == Severity.ERROR


@pytest.mark.parametrize(
    ("select", "ignore", "on"),
    [
        (("GLU2",), (), True),
        (("GLU3",), (), False),
        (("ALL",), ("GLU2",), False),
        (("ALL", "GLU201"), ("GLU2",), True),
        (("GLU2",), ("GLU201",), False),
        (("lost-dbt-call",), (), True),
        (("ALL",), ("lost-dbt-call",), False),
        (("GLU201",), ("GLU201",), False),
    ],
)
def test_the_longest_selector_wins(
    select: tuple[str, ...], ignore: tuple[str, ...], on: bool
) -> None:
    assert (_severity(Settings(select=select, ignore=ignore)) is not None) is on


def test_severity_is_set_per_rule_and_family() -> None:
    settings = settings_from({"severity": {"GLU2": "warning", "GLU201": "hint"}}, "x", rule_names())
    assert _severity(settings) == Severity.HINT
    assert _severity(settings, "GLU202", "non-literal-argument") == Severity.WARNING
    assert _severity(settings_from({"severity": {"GLU2": "off"}}, "x", rule_names())) is None


def test_per_file_ignores_match_paths_names_and_tails() -> None:
    settings = settings_from(
        {"per-file-ignores": {"models/legacy/*": ["GLU2"], "old_*.py": ["GLU5"]}}, "x", rule_names()
    )
    assert settings.ignores_in("models/legacy/a.py") == ("GLU2",)
    assert settings.ignores_in("shop/models/legacy/a.py") == ("GLU2",)
    assert settings.ignores_in("models/new/old_a.py") == ("GLU5",)
    assert settings.ignores_in("models/new/a.py") == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"selct": []}, "unknown key `selct`; did you mean `select`?"),
        ({"select": "GLU2"}, "`select` must be a list of strings"),
        ({"select": ["GLU9"]}, "no rule is called `GLU9`"),
        ({"ignore": ["lost-dbt-cal"]}, "did you mean `lost-dbt-call`?"),
        ({"glue-version": "7.0"}, "glue-version is `7.0`; use one of 4.0, 5.0, 5.1, 6.0"),
        ({"severity": {"GLU2": "fatal"}}, "severity of `GLU2` is `fatal`"),
        ({"per-file-ignores": {"a.py": ["GLU999"]}}, "per-file-ignores: a.py: no rule"),
        ({"package-map": ["a"]}, "`package-map` must be a table"),
    ],
)
def test_mistakes_are_named_with_the_next_step(data: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        settings_from(data, "dbt-glue.toml", rule_names())
    assert message in str(error.value)
    assert str(error.value).startswith("dbt-glue.toml")


def test_the_nearest_file_is_found_and_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.dbt-glue]\nselect = ["GLU2"]\n')
    inner = tmp_path / "dbt"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.other]\n")
    found = find_settings_file(inner)
    assert found == tmp_path / "pyproject.toml"
    assert load_settings(found, rule_names()).select == ("GLU2",)
    (inner / "dbt-glue.toml").write_text('glue-version = "5.1"\n[package-map]\nfoo = "foo-dist"\n')
    found = find_settings_file(inner)
    assert found == inner / "dbt-glue.toml"
    settings = load_settings(found, rule_names())
    assert (settings.glue_version, settings.package_map) == ("5.1", {"foo": "foo-dist"})


def test_a_file_that_is_not_toml_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "dbt-glue.toml"
    path.write_text("select = [")
    with pytest.raises(SettingsError, match=r"dbt-glue\.toml"):
        load_settings(path, rule_names())
