"""The workspace that a command works in: its options, and the models that a user names."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from glue_compiler.project.profiles import ProfileChoice
from glue_compiler.project.settings import SettingsError
from glue_compiler.workspace import Overrides, Workspace, import_analysis

from glue_cli.forked import begin

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_compiler.project.context import Node
    from glue_compiler.text.source import SourceText

F = TypeVar("F", bound="Callable[..., Any]")


def project_option(command: F) -> F:
    """The option `--project-dir`, which a command takes as `project_dir`."""
    directory = click.Path(path_type=Path, file_okay=False, exists=True)
    told = "The dbt project; by default the one around this folder."
    return click.option("--project-dir", type=directory, default=None, help=told)(command)


def profile_options(command: F) -> F:
    """The options `--profiles-dir` and `--target`, which a command takes as `profiles_dir` and `target`."""
    directory = click.Path(path_type=Path, file_okay=False, exists=True)
    target = click.option("--target", help="The target of the profile, as in dbt.")
    folder = click.option(
        "--profiles-dir", type=directory, help="Where profiles.yml is, as in dbt."
    )
    return folder(target(command))


def profile_choice(profiles_dir: Path | None, target: str | None) -> ProfileChoice:
    """The choice that these options make."""
    return ProfileChoice(None if profiles_dir is None else str(profiles_dir), None, target)


def open_workspace(start: Path, overrides: Overrides, *, cache: bool = True) -> Workspace:
    """The workspace around a file or folder.

    Raises:
        SettingsError: for settings that cannot be used, of a file or of the command line.
    """
    workspace = Workspace.open(start, overrides, cache=cache)
    if workspace.around.settings_problems:
        raise SettingsError("\n".join(workspace.around.settings_problems))
    return workspace


def open_for_analysis(start: Path, overrides: Overrides, *, cache: bool = True) -> Workspace:
    """The same for files that will have to be analysed: the project is read while the analysis is imported.

    Raises:
        SettingsError: for settings that cannot be used, of a file or of the command line.
    """
    opened = begin(partial(open_workspace, start, overrides, cache=cache))
    import_analysis()
    return opened()


@dataclass(frozen=True)
class NamedModel:
    """A model that the user named: its file as they would write it, and its path in the workspace."""

    workspace: Workspace
    file: Path
    path: str

    @property
    def node(self) -> Node | None:
        """What the project knows of it."""
        project = self.workspace.project
        return None if project is None else project.node_at(self.path)

    def source(self) -> SourceText:
        """Its text."""
        from glue_compiler.text.source import SourceText

        return SourceText.from_bytes(self.file.read_bytes())


def named_model(command: str, name: Path, overrides: Overrides) -> NamedModel:
    """The model of a file's path, or of the name of a model of the project around the working folder.

    Ends with status 2 where there is none, and with status 1 for a project or settings that cannot be read.
    """
    start = name.resolve().parent if name.exists() else Path.cwd()
    try:
        workspace = open_workspace(start, overrides)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if workspace.root is not None and workspace.project is None:
        raise click.ClickException("\n".join(workspace.around.project_problems))
    if name.is_file():
        return NamedModel(workspace, name, workspace.path_of(name))
    node = None if workspace.project is None else workspace.project.find_ref(str(name)).node
    if node is None or workspace.root is None or node.language != "python":
        click.echo(f"dbt-glue {command}: no file and no Python model is called {name}", err=True)
        sys.exit(2)
    return NamedModel(workspace, workspace.root / node.path, node.path)
