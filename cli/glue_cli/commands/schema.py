"""`dbt-glue schema`: the real columns of a model or table, and columns written into YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from glue_compiler.project.settings import SettingsError
from glue_compiler.project.variables import dbt_variable
from glue_compiler.workspace import Overrides

from glue_cli.workspaces import open_workspace, profile_choice, profile_options, project_option

if TYPE_CHECKING:
    from glue_compiler.project.context import Node
    from glue_compiler.workspace import Workspace

_NEW_FILE = "schema.yml"


@click.command("schema", short_help="Show the real columns of a model or table, or write them.")
@click.argument("name")
@project_option
@profile_options
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    default=None,
    help="Rows of each table for a model that needs rows; 1000 unless given.",
)
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
@click.option("--write", is_flag=True, help="Add missing columns and types to the model's YAML.")
def schema(
    name: str,
    project_dir: Path | None,
    profiles_dir: Path | None,
    target: str | None,
    rows: int | None,
    as_json: bool,
    write: bool,
) -> None:
    """Show the columns of NAME: a Python model (its name or file), any other model, a seed, SOURCE.TABLE or DATABASE.TABLE.

    A Python model is run in a session of the profile, on real tables and without writing: what Spark
    says of it is shown with its line. On AWS the session costs money until the command ends. Other
    names are looked up in the Data Catalog. Status 1 tells that the model has errors, 2 that there is no answer.
    """
    from glue_cli.validation_client import ValidationError, ask

    overrides = Overrides(profile=profile_choice(profiles_dir, target))
    workspace = _workspace(project_dir, name, overrides)
    node = _node(workspace, name)
    root = workspace.root or Path.cwd()
    request: dict[str, Any] = {"root": str(root), "target": target, "rows": rows}
    named = profiles_dir or dbt_variable("PROFILES_DIR")
    request["profilesDir"] = str(Path(named).expanduser().resolve()) if named else None
    if node is not None and node.language == "python":
        request.update(op="validate", model=node.path)
    else:
        request.update(op="relation", name=node.name if node is not None else name)
    try:
        result = ask(request, lambda message: click.echo(message, err=True))
    except ValidationError as error:
        click.echo(f"dbt-glue schema: {error}", err=True)
        raise SystemExit(2) from None
    columns = _columns(result)
    errors = any(item["severity"] == "error" for item in result.get("diagnostics") or ())
    if as_json:
        click.echo(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        _show(result, columns, root)
    if write and columns is not None:
        if node is None or node.kind != "model":
            raise click.ClickException("--write takes a model of the project")
        _write(root, node, [(column, kind) for column, kind, _ in columns])
    raise SystemExit(1 if errors or columns is None else 0)


def _workspace(given: Path | None, name: str, overrides: Overrides) -> Workspace:
    file = Path(name)
    start = given or (file.resolve().parent if file.is_file() else Path.cwd())
    try:
        workspace = open_workspace(start, overrides)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if workspace.root is None:
        raise click.ClickException(f"there is no dbt_project.yml in {start} or above it")
    if workspace.project is None:
        raise click.ClickException("\n".join(workspace.around.project_problems))
    return workspace


def _node(workspace: Workspace, name: str) -> Node | None:
    project, file = workspace.project, Path(name)
    if project is None:
        return None
    path = workspace.around.relative(file.resolve()) if file.is_file() else None
    return project.find_ref(name).node if path is None else project.node_at(path)


def _columns(result: dict[str, Any]) -> list[tuple[str, str, bool | None]] | None:
    found = result.get("columns")
    if found is None:
        return None
    if found and isinstance(found[0], dict):
        return [(item["name"], item["type"], item["nullable"]) for item in found]
    return [(name, kind, nullable) for name, kind, nullable in found]


def _show(
    result: dict[str, Any], columns: list[tuple[str, str, bool | None]] | None, root: Path
) -> None:
    if columns is not None:
        width = max((len(name) for name, _, _ in columns), default=0)
        for name, kind, nullable in columns:
            click.echo(f"{name.ljust(width)}  {kind}{'' if nullable is not False else ' not null'}")
        origin = {"session": "the session", "catalog": "the Data Catalog"}
        where = origin[result.get("provenance") or "session"]
        kind = f", a {result['kind']} frame" if result.get("kind") else ""
        sample = result.get("sampleRows")
        on = f", on a sample of at most {sample:,} rows of each table" if sample else ""
        click.echo(f"\n{len(columns)} columns, from {where}{kind}{on}", err=True)
    if result.get("output"):
        click.echo(f"The model printed:\n{result['output'].rstrip()}", err=True)
    diagnostics = result.get("diagnostics") or ()
    if diagnostics:
        from glue_compiler.text.source import SourceText

        path = result["path"]
        source = SourceText.from_bytes((root / path).read_bytes())
        for item in diagnostics:
            line, column = source.line_column(item["span"][0])
            click.echo(
                f"{path}:{line}:{column + 1} {item['severity']} {item['code']} {item['message']}"
            )
            if item["help"]:
                click.echo(f"    {item['help']}")


def _write(root: Path, node: Node, columns: list[tuple[str, str]]) -> None:
    from glue_compiler.project.yaml_columns import YamlNotEdited, with_columns

    path = root / _yaml_of(root, node)
    text = path.read_bytes().decode("utf-8") if path.is_file() else ""
    try:
        written = with_columns(text, node.name, columns)
    except YamlNotEdited as error:
        raise click.ClickException(f"{path}: {error}") from None
    if written.text != text:
        partial = path.with_name(f"{path.name}.partial")
        partial.write_bytes(written.text.encode("utf-8"))
        partial.replace(path)
    told = []
    if written.added:
        told.append(f"added {', '.join(written.added)}")
    if written.typed:
        told.append(f"gave a type to {', '.join(written.typed)}")
    shown = path.relative_to(root).as_posix()
    click.echo(f"{shown}: {'; '.join(told) or 'nothing was missing'}", err=True)


def _yaml_of(root: Path, node: Node) -> str:
    """The file that describes the model, else the first one of its folder that describes models, else a new one."""
    if node.properties is not None and node.properties.path.endswith((".yml", ".yaml")):
        return node.properties.path
    folder = Path(node.path).parent
    for file in sorted((root / folder).glob("*.y*ml")):
        if "models:" in file.read_text(encoding="utf-8", errors="replace"):
            return (folder / file.name).as_posix()
    return (folder / _NEW_FILE).as_posix()
