"""The Glue version of dbt's profile counts where no settings name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from glue_compiler.project.profiles import profile_glue_version
from glue_lsp.session.configuration import EditorSettings
from glue_lsp.session.roots import read_surroundings

if TYPE_CHECKING:
    from pathlib import Path

PROFILES = """shop:
  target: prod
  outputs:
    dev: {type: glue, glue_version: "5.0"}
    prod: {type: glue, glue_version: 4.0}
    odd: {type: glue, glue_version: "{{ env_var('GLUE') }}"}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DBT_PROFILES_DIR", "DBT_PROFILE", "DBT_TARGET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home/.dbt").mkdir(parents=True)
    root = tmp_path / "shop"
    root.mkdir()
    (root / "dbt_project.yml").write_text("name: shop\nprofile: shop\n", encoding="utf-8")
    return root


def test_the_target_of_the_profile_tells(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert profile_glue_version(root) is None
    (root.parent / "home/.dbt/profiles.yml").write_text(PROFILES, encoding="utf-8")
    assert profile_glue_version(root) == "4.0"
    monkeypatch.setenv("DBT_TARGET", "dev")
    assert profile_glue_version(root) == "5.0"
    monkeypatch.setenv("DBT_TARGET", "odd")
    assert profile_glue_version(root) is None


def test_a_profile_beside_the_project_comes_first(root: Path) -> None:
    (root.parent / "home/.dbt/profiles.yml").write_text(PROFILES, encoding="utf-8")
    own = PROFILES.replace("4.0", '"5.1"')
    (root / "profiles.yml").write_text(own, encoding="utf-8")
    assert profile_glue_version(root) == "5.1"


@pytest.mark.parametrize("text", ["", "[]", "a: [", "shop: 1", "shop: {outputs: 3}", "\0"])
def test_a_profile_that_cannot_be_read_says_nothing(root: Path, text: str) -> None:
    (root / "profiles.yml").write_text(text, encoding="utf-8")
    assert profile_glue_version(root) is None


def test_the_editor_counts_before_the_settings_and_they_before_the_profile(root: Path) -> None:
    (root / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    assert read_surroundings(root, EditorSettings()).settings.glue_version == "4.0"
    settings = root / "dbt-glue.toml"
    settings.write_text('ignore = ["GLU4"]\n', encoding="utf-8")
    assert read_surroundings(root, EditorSettings()).settings.glue_version == "4.0"
    settings.write_text('glue-version = "6.0"\n', encoding="utf-8")
    assert read_surroundings(root, EditorSettings()).settings.glue_version == "6.0"
    editor = EditorSettings(check={"glue-version": "5.1"})
    assert read_surroundings(root, editor).settings.glue_version == "5.1"
