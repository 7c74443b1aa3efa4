"""What a check is asked to do: which rules, how severe, for which Glue; read from pyproject.toml or dbt-glue.toml."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.glue_versions import DEFAULT_GLUE_VERSION, GLUE_VERSIONS
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEFAULT_SCHEMA_MAX_AGE = 24.0
_KEYS = (
    "exclude",
    "glue-version",
    "ignore",
    "modules",
    "package-map",
    "packages",
    "per-file-ignores",
    "schema-max-age",
    "select",
    "severity",
)


class SettingsError(ValueError):
    """A setting that cannot be used; the message names the file, the key and what to write."""


@dataclass(frozen=True)
class Settings:
    """The choices of a user or project.

    `select` and `ignore` hold codes, prefixes of codes (`GLU2`), rule names or `ALL`; the longest
    match wins, and on a tie `ignore`. `severity` maps codes or prefixes to a severity or "off".
    `packages` are requirements that every session has (the profile's `packages`), `modules`
    names that are shipped with `extra_py_files`, `package_map` import names to distributions.
    `schema_max_age` is in hours: schemas from a session or the Data Catalog are stale after it.
    """

    glue_version: str = DEFAULT_GLUE_VERSION
    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    package_map: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    schema_max_age: float = DEFAULT_SCHEMA_MAX_AGE

    @cached_property
    def options(self) -> AnalysisOptions:
        """The analysis options that these settings ask for."""
        return AnalysisOptions.for_glue(self.glue_version)

    def severity_of(self, code: str, name: str, default: Severity) -> Severity | None:
        """How severe a rule is under these settings, None when it is off."""
        selected = _best(self.select, code, name)
        ignored = _best(self.ignore, code, name)
        if selected is None or (ignored is not None and ignored >= selected):
            return None
        chosen = max(
            (key for key in self.severity if _match(key, code, name) is not None),
            key=lambda key: _match(key, code, name) or 0,
            default=None,
        )
        if chosen is None:
            return default
        value = self.severity[chosen]
        return None if value == "off" else Severity(value)

    def ignores_in(self, path: str) -> tuple[str, ...]:
        """The selectors that are ignored in a file; `path` has forward slashes."""
        found: list[str] = []
        for pattern, selectors in self.per_file_ignores.items():
            if matches_path(path, pattern):
                found.extend(selectors)
        return tuple(found)


def matches_path(path: str, pattern: str) -> bool:
    """Whether a path, its file name or its tail matches a shell pattern."""
    pure = PurePosixPath(path)
    return fnmatch(path, pattern) or fnmatch(pure.name, pattern) or fnmatch(path, f"*/{pattern}")


def matches_selector(selectors: Iterable[str], code: str, name: str) -> bool:
    """Whether any of the selectors names the rule."""
    return _best(selectors, code, name) is not None


def _best(selectors: Iterable[str], code: str, name: str) -> int | None:
    return max(
        (found for item in selectors if (found := _match(item, code, name)) is not None),
        default=None,
    )


def _match(selector: str, code: str, name: str) -> int | None:
    """How specific a match is: 0 for `ALL`, more for longer prefixes; None for no match."""
    if selector == "ALL":
        return 0
    if selector == name:
        return len(code)
    return len(selector) if code.startswith(selector) else None


def check_selectors(selectors: Iterable[str], where: str, rules: Mapping[str, str]) -> None:
    """Raises SettingsError for a selector that none of the rules (names by codes) answers to."""
    for selector in selectors:
        if not any(_match(selector, code, name) is not None for code, name in rules.items()):
            guess = closest(selector, [*rules, *rules.values(), "ALL"])
            hint = f"; did you mean `{guess}`?" if guess else ""
            raise SettingsError(f"{where}: no rule is called `{selector}`{hint}")


def find_settings_file(start: Path) -> Path | None:
    """The nearest dbt-glue.toml, or pyproject.toml with a [tool.dbt-glue] table, from a folder up."""
    folder = start.resolve()
    for parent in (folder, *folder.parents):
        own = parent / "dbt-glue.toml"
        if own.is_file():
            return own
        project = parent / "pyproject.toml"
        if project.is_file() and "[tool.dbt-glue" in project.read_text("utf-8", "replace"):
            return project
    return None


def load_settings(
    path: Path, rules: Mapping[str, str], glue_version: str = DEFAULT_GLUE_VERSION
) -> Settings:
    """The settings of a dbt-glue.toml or pyproject.toml.

    `rules` maps the codes of all rules to their names; `glue_version` counts where the file names none.

    Raises:
        SettingsError: for a file that is not TOML, an unknown key, or a value that cannot be used.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("dbt-glue", {})
    return settings_from(data, str(path), rules, glue_version)


def settings_from(
    data: Mapping[str, Any],
    where: str,
    rules: Mapping[str, str],
    glue_version: str = DEFAULT_GLUE_VERSION,
) -> Settings:
    """The settings of a TOML table (or an editor's); `where` names it in errors, `rules` are names by codes.

    Raises:
        SettingsError: for an unknown key or a value that cannot be used.
    """
    for key in data:
        if key not in _KEYS:
            guess = closest(key, _KEYS)
            hint = f"; did you mean `{guess}`?" if guess else f"; known keys: {', '.join(_KEYS)}"
            raise SettingsError(f"{where}: unknown key `{key}`{hint}")
    settings = Settings(
        glue_version=_glue_version(data.get("glue-version", glue_version), where),
        select=_texts(data, "select", where, ("ALL",)),
        ignore=_texts(data, "ignore", where),
        severity=_table(data, "severity", where),
        per_file_ignores={
            pattern: _texts({pattern: value}, pattern, f"{where}: per-file-ignores")
            for pattern, value in _mapping(data, "per-file-ignores", where).items()
        },
        package_map=_table(data, "package-map", where),
        packages=_texts(data, "packages", where),
        modules=_texts(data, "modules", where),
        exclude=_texts(data, "exclude", where),
        schema_max_age=_hours(data, "schema-max-age", where),
    )
    check_selectors(settings.select, f"{where}: select", rules)
    check_selectors(settings.ignore, f"{where}: ignore", rules)
    check_selectors(settings.severity, f"{where}: severity", rules)
    for pattern, selectors in settings.per_file_ignores.items():
        check_selectors(selectors, f"{where}: per-file-ignores: {pattern}", rules)
    allowed = [*(item.value for item in Severity), "off"]
    for rule, value in settings.severity.items():
        if value not in allowed:
            raise SettingsError(
                f"{where}: severity of `{rule}` is `{value}`; use one of {', '.join(allowed)}"
            )
    return settings


def _glue_version(value: object, where: str) -> str:
    text = str(value)
    if text not in GLUE_VERSIONS:
        raise SettingsError(
            f"{where}: glue-version is `{text}`; use one of {', '.join(GLUE_VERSIONS)}"
        )
    return text


def _hours(data: Mapping[str, Any], key: str, where: str) -> float:
    value = data.get(key, DEFAULT_SCHEMA_MAX_AGE)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise SettingsError(f"{where}: `{key}` is `{value}`; write a number of hours above 0")
    return float(value)


def _texts(
    data: Mapping[str, Any], key: str, where: str, default: tuple[str, ...] = ()
) -> tuple[str, ...]:
    value = data.get(key)
    if value is None:
        return default
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f"{where}: `{key}` must be a list of strings")
    return tuple(value)


def _mapping(data: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise SettingsError(f"{where}: `{key}` must be a table")
    return value


def _table(data: Mapping[str, Any], key: str, where: str) -> Mapping[str, str]:
    value = _mapping(data, key, where)
    if not all(isinstance(item, str) for item in value.values()):
        raise SettingsError(f"{where}: the values of `{key}` must be strings")
    return value
