"""Editor settings: what is wrong is named and left out, the rest is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from glue_compiler.project.settings import Settings
from glue_compiler.rules import rule_names
from glue_lsp.session.capabilities import ClientFeatures
from glue_lsp.session.configuration import lens_commands, read_editor_settings, read_section
from glue_lsp.work.command import child_environment
from lsprotocol import types

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_in_any_wrapping() -> None:
    expected = read_editor_settings({"glueVersion": "4.0", "inlayHints": False})
    assert expected[1] == ()
    assert (
        read_editor_settings({"settings": {"glueVersion": "4.0", "inlayHints": False}}) == expected
    )
    assert (
        read_editor_settings({"dbt-glue": {"glueVersion": "4.0", "inlayHints": False}}) == expected
    )
    overridden = expected[0].overrides.over(Settings(ignore=("GLU4",)), rule_names())
    assert overridden == Settings("4.0", ignore=("GLU4",))


def test_wrong_settings_are_named() -> None:
    settings, problems = read_editor_settings(
        {"glueVersion": "9", "inlayHint": True, "diagnosticsScope": 3, "select": ["GLU2"]}
    )
    assert dict(settings.check) == {"select": ["GLU2"]}
    assert len(problems) == 3
    assert any("did you mean `inlayHints`" in problem for problem in problems)


def test_no_settings_are_the_defaults() -> None:
    assert read_editor_settings(None) == read_editor_settings({})


def test_a_client_that_says_nothing_can_do_nothing() -> None:
    assert ClientFeatures.of(types.ClientCapabilities()) == ClientFeatures()


@pytest.mark.parametrize(
    ("data", "section"),
    [
        ({"pylsp": {"plugins": {}}}, None),
        ({"settings": {"pylsp": {}}}, None),
        ({}, None),
        (None, None),
        ({"dbt-glue": {"select": ["GLU2"]}, "pylsp": {}}, {"select": ["GLU2"]}),
        ({"settings": {"dbtGlue": {"glueVersion": "5.1"}}}, {"glueVersion": "5.1"}),
        ({"glueVersion": "5.1"}, {"glueVersion": "5.1"}),
    ],
)
def test_only_our_section_of_what_a_client_sends_is_read(data: object, section: object) -> None:
    assert read_section(data) == section


@pytest.mark.parametrize(
    ("options", "commands"),
    [
        ({"lensCommands": ["dbtGlue.runModel", 3]}, ("dbtGlue.runModel",)),
        ({"lensCommands": "dbtGlue.runModel"}, ()),
        ({}, ()),
        (None, ()),
    ],
)
def test_a_client_names_the_commands_that_it_carries_out(
    options: object, commands: tuple[str, ...]
) -> None:
    assert lens_commands(options) == commands
    assert read_editor_settings(options)[1] == ()


def test_the_folder_of_the_profiles_is_the_same_one_for_every_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DBT_PROFILES_DIR", "profiles")
    monkeypatch.setenv("DBT_ENGINE_PROFILES_DIR", "others")
    assert child_environment()["DBT_PROFILES_DIR"] == str(tmp_path / "profiles")
    assert child_environment()["DBT_ENGINE_PROFILES_DIR"] == str(tmp_path / "others")
    for given, known in (("mine", "mine"), ("~/mine", "home/mine")):
        settings, problems = read_editor_settings({"profilesDir": given})
        assert (settings.profiles_dir, problems) == (str(tmp_path / known), ())
