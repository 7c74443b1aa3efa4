"""What is known around a model: the project, the settings and the profile's target, put together in one order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from glue_compiler.knowledge.glue_versions import DEFAULT_GLUE_VERSION
from glue_compiler.project.load import ProjectError, load_project
from glue_compiler.project.profiles import ProfileChoice, Target, read_target
from glue_compiler.project.settings import (
    Settings,
    SettingsError,
    find_settings_file,
    load_settings,
    settings_from,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from glue_compiler.project.context import ProjectContext


@dataclass(frozen=True)
class Overrides:
    """What an editor or a command line says, which counts before the project's files.

    `values` holds keys of a [tool.dbt-glue] table, `where` names their place in errors. `ignore`
    are selectors that are ignored beside those of the files. `settings_file` counts in place of the
    nearest one, `profile` chooses the target as dbt's options do.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    where: str = "command line"
    ignore: tuple[str, ...] = ()
    settings_file: Path | None = None
    profile: ProfileChoice = field(default_factory=ProfileChoice)

    def over(self, settings: Settings, rules: Mapping[str, str]) -> Settings:
        """The settings with these put over them.

        Raises:
            SettingsError: for a value that cannot be used.
        """
        own = settings_from(self.values, self.where, rules)
        names = [key.replace("-", "_") for key in self.values]
        changed = {name: getattr(own, name) for name in names}
        settings = replace(settings, **changed)
        return replace(settings, ignore=(*settings.ignore, *self.ignore))


@dataclass(frozen=True)
class Surroundings:
    """The project around a file (None outside of one), the settings, the target, and what is wrong with them.

    `settings` are complete: what the profile's sessions have is in their `packages` and `modules`.
    `variables` are the project's. `settings_problems` tell what could not be used of the settings,
    `project_problems` what could not be read of the project. `asked_version` is the Glue version that
    an editor or command line asks about. `digest` changes whenever a check of
    an unchanged text may give another result.
    """

    root: Path | None = None
    project: ProjectContext | None = None
    settings: Settings = field(default_factory=Settings)
    target: Target = field(default_factory=Target)
    variables: Mapping[str, Any] = field(default_factory=dict)
    settings_problems: tuple[str, ...] = ()
    project_problems: tuple[str, ...] = ()
    asked_version: str | None = None
    digest: str = field(default="", compare=False)

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that is wrong, as people read it."""
        return (*self.settings_problems, *self.project_problems)

    @property
    def session_versions(self) -> tuple[str, ...]:
        """The Glue versions that a session may have, for what has to hold in every one of them.

        Settings may name another version than the target runs, to check models for it. A run is the
        target's all the same, so that both count, unless somebody asks what would be with one.
        """
        if self.asked_version is not None:
            return (self.asked_version,)
        versions = [self.settings.glue_version]
        if self.target != Target():
            versions.append(self.target.glue_version or DEFAULT_GLUE_VERSION)
        return tuple(dict.fromkeys(versions))

    def relative(self, path: Path) -> str | None:
        """A path as the project names it, with forward slashes; None outside of the project."""
        if self.root is None:
            return None
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return None

    def is_model(self, path: Path) -> bool:
        """Whether the file is one of the project's own Python models, by its place and .dbtignore."""
        relative = self.relative(path)
        if relative is None or path.suffix != ".py":
            return False
        if self.project is not None and self.project.ignores(relative):
            return False
        folders = ("models",) if self.project is None else self.project.model_paths
        return any(relative.startswith(f"{folder.strip('./')}/") for folder in folders)


def read_surroundings(
    root: Path | None,
    rules: Mapping[str, str],
    overrides: Overrides | None = None,
    *,
    start: Path | None = None,
    target: Target | None = None,
    variables: Mapping[str, Any] | None = None,
    cache: bool = True,
) -> Surroundings:
    """Read what is around the models of the project in `root` (None: there is none). Nothing is raised.

    A setting is that of `overrides`, else of dbt-glue.toml or pyproject.toml (the nearest from the
    root up; without a project from `start` up), else of the profile's target, else the default. What a session has adds up: `packages` and `modules` are those of the settings and
    those of the target. `target` and `variables` are what dbt rendered; without them the project's
    own files tell. `rules` maps the codes of all rules to their names.
    """
    given = overrides or Overrides()
    if target is None:
        target = Target() if root is None else read_target(root, given.profile)
    settings, settings_problems = _settings(root or start, rules, given, target)
    project, project_problems = None, []
    if root is not None:
        try:
            project = load_project(root, cache=cache, schema_max_age=settings.schema_max_age)
        except ProjectError as error:
            project_problems.append(f"project not read: {error}")
        else:
            project_problems += [
                f"{root / path}: not read, so refs and sources are not judged: {problem}"
                for path, problem in project.unreadable
            ]
            project_problems += project.notes
    if variables is None:
        variables = {} if project is None else project.variables
    known = f"{root}|{project.digest if project is not None else ''}|{settings!r}|{target!r}|{sorted(variables.items(), key=repr)!r}"
    digest = hashlib.blake2b(known.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return Surroundings(
        root,
        project,
        settings,
        target,
        variables,
        tuple(settings_problems),
        tuple(project_problems),
        str(given.values["glue-version"]) if "glue-version" in given.values else None,
        digest,
    )


def _settings(
    start: Path | None, rules: Mapping[str, str], overrides: Overrides, target: Target
) -> tuple[Settings, list[str]]:
    """The settings of all places together; a place that cannot be used is told and left out."""
    problems: list[str] = []
    version = target.glue_version or DEFAULT_GLUE_VERSION
    settings = Settings(glue_version=version)
    file = overrides.settings_file
    if file is None and start is not None:
        file = find_settings_file(start)
    if file is not None:
        try:
            settings = load_settings(file, rules, version)
        except SettingsError as error:
            problems.append(str(error))
    try:
        settings = overrides.over(settings, rules)
    except SettingsError as error:
        problems.append(str(error))
    return replace(
        settings,
        packages=tuple(dict.fromkeys((*settings.packages, *target.packages))),
        modules=tuple(dict.fromkeys((*settings.modules, *target.modules))),
    ), problems
