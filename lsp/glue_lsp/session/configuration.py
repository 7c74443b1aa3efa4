"""What a user sets in the editor: read from initializationOptions and `workspace/configuration`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from glue_compiler.project.profiles import ProfileChoice
from glue_compiler.project.settings import Settings, SettingsError, settings_from
from glue_compiler.project.surroundings import Overrides
from glue_compiler.rules import rule_names
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTION = "dbt-glue"
"""The section of the editor's settings that is ours."""

Scope = Literal["project", "open"]

_OWN = (
    "diagnosticsScope",
    "inlayHints",
    "validateOnSave",
    "validationRows",
    "profilesDir",
    "target",
)
_CLIENTS = ("trace", "path", "interpreter", "trusted", "lensCommands")
_CHECK = tuple(
    re.sub(r"_(\w)", lambda match: match[1].upper(), item.name) for item in fields(Settings)
)


@dataclass(frozen=True, slots=True)
class EditorSettings:
    """The choices of the editor's user.

    `scope` says whose diagnostics are reported: all models of the project, or open files only.
    `validate_on_save`, and with how many rows a validation that needs rows runs; `profiles_dir` and
    `target` choose the profile for it as dbt's options do. `check` holds the keys of a
    [tool.dbt-glue] table that the editor overrides.
    """

    scope: Scope = "project"
    inlay_hints: bool = True
    validate_on_save: bool = False
    validation_rows: int | None = None
    profiles_dir: str | None = None
    target: str | None = None
    check: Mapping[str, Any] = field(default_factory=dict)

    @property
    def overrides(self) -> Overrides:
        """What counts before the project's own files."""
        profile = ProfileChoice(self.profiles_dir, None, self.target)
        return Overrides(self.check, "editor settings", profile=profile)


def read_editor_settings(data: object) -> tuple[EditorSettings, tuple[str, ...]]:
    """The settings in what the client sent, and what is wrong with it; wrong parts are left out.

    Keys are those of a [tool.dbt-glue] table in camel case (`glueVersion`), and `diagnosticsScope`
    (project or open) and `inlayHints`. A `settings` or `dbt-glue` object around them is
    accepted.
    """
    values = _unwrapped(data)
    problems: list[str] = []
    check: dict[str, Any] = {}
    settings = EditorSettings()
    for key, value in values.items():
        if value is None:
            continue
        if key in _CHECK:
            name = re.sub(r"[A-Z]", lambda match: f"-{match[0].lower()}", key)
            try:
                settings_from({name: value}, "editor settings", rule_names())
            except SettingsError as error:
                problems.append(str(error))
            else:
                check[name] = value
        elif key == "diagnosticsScope" and value in ("project", "open"):
            settings = replace(settings, scope=value)
        elif key == "inlayHints" and isinstance(value, bool):
            settings = replace(settings, inlay_hints=value)
        elif key == "validateOnSave" and isinstance(value, bool):
            settings = replace(settings, validate_on_save=value)
        elif key == "validationRows" and type(value) is int and value > 0:
            settings = replace(settings, validation_rows=value)
        elif key == "profilesDir" and isinstance(value, str):
            settings = replace(settings, profiles_dir=_full_path(value) if value else None)
        elif key == "target" and isinstance(value, str):
            settings = replace(settings, target=value or None)
        elif key in _OWN:
            problems.append(f"editor settings: `{key}` cannot be {value!r}")
        elif key not in _CLIENTS:
            guess = closest(key, (*_CHECK, *_OWN))
            hint = f"; did you mean `{guess}`?" if guess else ""
            problems.append(f"editor settings: unknown key `{key}`{hint}")
    return replace(settings, check=check), tuple(problems)


def read_section(data: object) -> object:
    """Our part of what `workspace/didChangeConfiguration` brings; None when it is about others.

    Some clients send their whole settings, and some only those of a server that is not us
    (`{"pylsp": {...}}`): nothing of that is ours to judge.
    """
    values: dict[str, Any] = data if isinstance(data, dict) else {}
    if isinstance(values.get("settings"), dict):
        values = values["settings"]
    for key in (SECTION, "dbtGlue"):
        if key in values:
            return values[key]
    return values if values.keys() & {*_CHECK, *_OWN} else None


def lens_commands(data: object) -> tuple[str, ...]:
    """The commands that the client says in its initializationOptions it carries out itself."""
    found = data.get("lensCommands") if isinstance(data, dict) else None
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def _full_path(text: str) -> str:
    """A folder of the user's, for processes that start elsewhere."""
    return str(Path(text).expanduser().absolute())


def _unwrapped(data: object) -> dict[str, Any]:
    for key in ("settings", SECTION, "dbtGlue"):
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
    return {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}
