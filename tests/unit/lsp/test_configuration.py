"""Editor settings: what is wrong is named and left out, the rest is in force."""

from __future__ import annotations

from glue_compiler.settings import Settings
from glue_lsp.capabilities import ClientFeatures
from glue_lsp.configuration import read_editor_settings
from lsprotocol import types


def test_settings_in_any_wrapping() -> None:
    expected = read_editor_settings({"glueVersion": "4.0", "inlayHints": False})
    assert expected[1] == ()
    assert (
        read_editor_settings({"settings": {"glueVersion": "4.0", "inlayHints": False}}) == expected
    )
    assert (
        read_editor_settings({"dbt-glue": {"glueVersion": "4.0", "inlayHints": False}}) == expected
    )
    assert expected[0].over(Settings(ignore=("GLU4",))) == Settings("4.0", ignore=("GLU4",))


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
