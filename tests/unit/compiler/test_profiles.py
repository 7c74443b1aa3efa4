"""What the profile's target says of its sessions, and the order in which it, the settings and the editor count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.project.profiles import ProfileChoice, Target, read_target
from glue_compiler.project.surroundings import Overrides, Surroundings, read_surroundings
from glue_compiler.rules import rule_names

if TYPE_CHECKING:
    from pathlib import Path

PROFILES = """shop:
  target: prod
  outputs:
    dev: {type: glue, glue_version: "5.0"}
    prod: {type: glue, glue_version: 4.0}
    odd: {type: glue, glue_version: "{{ env_var('GLUE') }}", schema: "{{ var('x') }}"}
    full:
      type: glue
      schema: sales
      packages: "xgboost>=1,<2,  lightgbm"
      default_arguments: "--additional-python-modules=polars==1.0,duckdb"
      additional_libs: [s3://libs/scores-1.0-py3-none-any.whl]
      extra_py_files: s3://libs/rates.py
      datalake_formats: iceberg, delta
      conf: spark.a=1 --conf spark.sql.ansi.enabled=true
    other: {type: duckdb, packages: [xgboost]}
    broken: {type: glue, packages: 3, conf: 7, default_arguments: "nonsense", schema: ""}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PROFILES_DIR", "PROFILE", "TARGET"):
        monkeypatch.delenv(f"DBT_{name}", raising=False)
        monkeypatch.delenv(f"DBT_ENGINE_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home/.dbt").mkdir(parents=True)
    root = tmp_path / "shop"
    root.mkdir()
    (root / "dbt_project.yml").write_text("name: shop\nprofile: shop\n", encoding="utf-8")
    return root


def test_the_target_of_the_profile_tells(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_target(root) == Target()
    (root.parent / "home/.dbt/profiles.yml").write_text(PROFILES, encoding="utf-8")
    assert read_target(root) == Target("prod", "4.0")
    monkeypatch.setenv("DBT_TARGET", "dev")
    assert read_target(root) == Target("dev", "5.0")
    assert read_target(root, ProfileChoice(target="prod")) == Target("prod", "4.0")
    assert read_target(root, ProfileChoice(target="absent")) == Target()


def test_a_variable_of_dbts_engine_is_before_the_shorter_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt-core from 1.11 on has both names for each option."""
    (root / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    monkeypatch.setenv("DBT_TARGET", "prod")
    monkeypatch.setenv("DBT_ENGINE_TARGET", "dev")
    assert read_target(root) == Target("dev", "5.0")
    monkeypatch.setenv("DBT_ENGINE_TARGET", "")
    assert read_target(root) == Target("prod", "4.0")


def test_environment_variables_are_read_and_other_jinja_says_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    odd = ProfileChoice(target="odd")
    monkeypatch.delenv("GLUE", raising=False)
    assert read_target(root, odd) == Target("odd")
    monkeypatch.setenv("GLUE", "5.1")
    assert read_target(root, odd) == Target("odd", "5.1")


def test_everything_that_a_session_has(root: Path) -> None:
    (root / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    assert read_target(root, ProfileChoice(target="full")) == Target(
        "full",
        None,
        "sales",
        (
            "xgboost>=1,<2",
            "lightgbm",
            "polars==1.0",
            "duckdb",
            "s3://libs/scores-1.0-py3-none-any.whl",
            "s3://libs/rates.py",
        ),
        ("delta",),
        ansi=True,
    )


@pytest.mark.parametrize(("name", "known"), [("other", Target()), ("broken", Target("broken"))])
def test_what_is_not_understood_says_nothing(root: Path, name: str, known: Target) -> None:
    (root / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    assert read_target(root, ProfileChoice(target=name)) == known


def test_a_profile_beside_the_project_comes_first_and_a_named_folder_before(
    root: Path, tmp_path: Path
) -> None:
    (root.parent / "home/.dbt/profiles.yml").write_text(PROFILES, encoding="utf-8")
    own = PROFILES.replace("4.0", '"5.1"')
    (root / "profiles.yml").write_text(own, encoding="utf-8")
    assert read_target(root).glue_version == "5.1"
    named = tmp_path / "elsewhere"
    named.mkdir()
    (named / "profiles.yml").write_text(PROFILES.replace("4.0", '"6.0"'), encoding="utf-8")
    assert read_target(root, ProfileChoice(str(named))).glue_version == "6.0"


@pytest.mark.parametrize("text", ["", "[]", "a: [", "shop: 1", "shop: {outputs: 3}", "\0"])
def test_a_profile_that_cannot_be_read_says_nothing(root: Path, text: str) -> None:
    (root / "profiles.yml").write_text(text, encoding="utf-8")
    assert read_target(root) == Target()


def around(root: Path, **values: Any) -> Surroundings:
    return read_surroundings(root, rule_names(), Overrides(values))


def test_who_overrides_counts_before_the_settings_and_they_before_the_profile(root: Path) -> None:
    (root / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    assert around(root).settings.glue_version == "4.0"
    settings = root / "dbt-glue.toml"
    settings.write_text('ignore = ["GLU4"]\n', encoding="utf-8")
    assert around(root).settings.glue_version == "4.0"
    settings.write_text('glue-version = "6.0"\n', encoding="utf-8")
    assert around(root).settings.glue_version == "6.0"
    asked = around(root, **{"glue-version": "5.1"})
    assert asked.settings.glue_version == "5.1"
    assert asked.session_versions == ("5.1",)


def test_what_a_session_has_adds_up(root: Path) -> None:
    (root / "dbt-glue.toml").write_text('packages = ["shap", "duckdb"]\nmodules = ["own"]\n')
    (root / "profiles.yml").write_text(PROFILES.replace("target: prod", "target: full"))
    found = around(root).settings
    assert found.packages[:2] == ("shap", "duckdb")
    assert found.packages.count("duckdb") == 1
    assert "xgboost>=1,<2" in found.packages
    assert found.modules == ("own", "delta")


def test_a_session_may_have_the_version_of_the_settings_or_that_of_the_target(root: Path) -> None:
    (root / "dbt-glue.toml").write_text('glue-version = "6.0"\n', encoding="utf-8")
    assert around(root).session_versions == ("6.0",)
    (root / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    assert around(root).session_versions == ("6.0", "4.0")


def test_settings_that_cannot_be_used_are_told_and_left_out(root: Path) -> None:
    (root / "dbt-glue.toml").write_text("glue-version = 7\n", encoding="utf-8")
    found = around(root, select=3)
    assert len(found.settings_problems) == 2
    assert "dbt-glue.toml: glue-version is `7`" in found.settings_problems[0]
    assert "command line: `select` must be a list" in found.settings_problems[1]
    assert found.settings.glue_version == "5.1"


def test_the_digest_changes_with_everything_that_counts(root: Path) -> None:
    digests = [around(root).digest]
    (root / "dbt_project.yml").write_text("name: shop\nprofile: shop\nvars: {optimize: false}\n")
    digests.append(around(root).digest)
    (root / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    digests.append(around(root).digest)
    (root / "dbt-glue.toml").write_text('packages = ["shap"]\n', encoding="utf-8")
    digests.append(around(root).digest)
    digests.append(around(root, select=["GLU2"]).digest)
    assert len(set(digests)) == 5
