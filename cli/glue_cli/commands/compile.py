"""`dbt-glue compile`: the program of a model as it would reach the session, and why it is what it is."""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glue_cli.run_settings import profile_value, variable

if TYPE_CHECKING:
    from glue_compiler.plan.planner import Plan
    from glue_compiler.plan.preview import Preview
    from glue_compiler.project.context import Node, ProjectContext


@click.command("compile", short_help="Show the program of a model and the plan behind it.")
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--full-refresh/--incremental",
    "full_refresh",
    default=True,
    help="The run to compile for: one that builds the table anew, or one that adds to it.",
)
@click.option(
    "--show",
    type=click.Choice(("program", "diff", "plan", "facts")),
    default="plan",
    show_default=True,
    help="The program, what was rewritten, the plan as a table, or the facts as JSON.",
)
@click.option(
    "--standalone",
    is_flag=True,
    help="A script to paste into a notebook: it writes MODEL__standalone, and shows it.",
)
@click.option("--json", "as_json", is_flag=True, help="With --show plan: the plan as JSON.")
@click.option("--schema", default=None, help="The schema of relations whose schema only dbt knows.")
@click.option(
    "--glue-version",
    default=None,
    help="The session's version; else that of the settings file, of the profile, or 5.0.",
)
def compile_model(
    model: Path,
    full_refresh: bool,
    show: str,
    standalone: bool,
    as_json: bool,
    schema: str | None,
    glue_version: str | None,
) -> None:
    """Show what becomes of MODEL, a file or the name of a model of the project.

    Starts neither dbt nor a session: refs become the relations that the project's files tell.
    """
    from glue_compiler.analysis import analyze
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.plan.preview import preview

    project, node, path = _found(model)
    text = path.read_bytes().decode("utf-8", errors="replace")
    root = None if project is None else Path(project.root)
    version = glue_version or _glue_version(path, root)
    facts = analyze(text, AnalysisOptions.for_glue(version))
    try:
        made = preview(
            facts,
            text,
            filename=path.name if project is None else path.as_posix(),
            stem=path.stem,
            project=project,
            node=node,
            incremental=not full_refresh,
            glue_version=version,
            schema=schema,
            optimize=None if root is None else variable(root, "optimize"),
            ansi=root is not None and ".ansi." in (profile_value(root, "conf") or ""),
        )
    except ValueError as error:
        raise click.ClickException(f"{path}: {error}") from error
    if show == "facts" and not standalone:
        click.echo(json.dumps(facts.to_dict(), indent=2, ensure_ascii=False))
    elif show == "diff" and not standalone:
        _show_diff(made.plan, path)
    elif show == "plan" and not standalone:
        click.echo(made.plan.to_json() if as_json else _table(made.plan, path))
    else:
        click.echo(_standalone(made) if standalone else made.program, nl=False)


def _glue_version(path: Path, root: Path | None) -> str:
    """The version that the project's settings file or its profile says; 5.0 where neither does."""
    from glue_compiler.project.settings import SettingsError, find_settings_file, load_settings

    default = "5.0"
    try:
        file = find_settings_file(path.resolve().parent)
        said = default if file is None else load_settings(file).glue_version
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if said != default or root is None:
        return said
    return profile_value(root, "glue_version") or default


def _found(model: Path) -> tuple[ProjectContext | None, Node | None, Path]:
    """The project around a model, what it knows of it, and its file. Ends with status 2 for no model."""
    from glue_compiler.project.load import ProjectError, find_project_root, load_project

    root = find_project_root(model.resolve().parent if model.exists() else Path.cwd())
    try:
        project = None if root is None else load_project(root)
    except ProjectError as error:
        raise click.ClickException(str(error)) from None
    if model.is_file():
        file = model.resolve()
        inside = root is not None and file.is_relative_to(root.resolve())
        if project is None or root is None or not inside:
            return None, None, model
        return project, project.node_at(file.relative_to(root.resolve()).as_posix()), model
    node = None if project is None else project.find_ref(str(model)).node
    if node is None or root is None or node.language != "python":
        click.echo(f"dbt-glue compile: no file and no Python model is called {model}", err=True)
        sys.exit(2)
    return project, node, root / node.path


def _standalone(made: Preview) -> str:
    """The program with the session's runtime before it, for a session that has nothing but `spark`.

    It writes a table of its own: a pasted script must never replace what production reads, and
    an incremental run's result is only the increment.
    """
    from glue_compiler.program.transport import bootstrap_code

    scratch, own = made.scratch.request.target.relation, made.request.this.relation
    note = (
        "# Paste this into a notebook with a Spark session called `spark`.\n"
        f"# It replaces the scratch table {scratch} by what the model returns, and shows it.\n"
        f"# The model's own table {own} is not touched: dbt puts a result into it by the model's strategy.\n"
        "# The line that starts with <<dbt-glue holds the result or the error; drop the scratch table when done.\n"
    )
    shown = f"spark.table({scratch!r}).show(truncate=False)\n"
    return f"{note}{bootstrap_code()}\n{made.scratch.program}{shown}"


def _show_diff(made: Plan, path: Path) -> None:
    before, after = made.original.splitlines(), made.source.splitlines()
    lines = list(difflib.unified_diff(before, after, str(path), "rewritten", lineterm="", n=1))
    if not lines:
        click.echo(f"{path}: the source runs as it is ({made.why_not or 'no rewrite applied'})")
    for line in lines:
        color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.echo(click.style(line, fg=color))


def _table(made: Plan, path: Path) -> str:
    from glue_compiler.plan.preview import returned

    rows = [("line", "rewrite", "", "why", "what")]
    for row in made.to_dict()["decisions"]:
        verdict = "applied" if row["applied"] else "refused"
        what = row["saves"] if row["applied"] else row["detail"]
        rows.append(
            (
                str(row["line"]),
                row["rewrite"],
                verdict,
                row["reason"] if not row["applied"] else "",
                what,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]
        ).rstrip()
        for row in rows
    ]
    head = f"{path}: returns {returned(made)}"
    if made.why_not:
        return f"{head}\nthe source runs as it is: {made.why_not}"
    refused = dict.fromkeys(
        (d["reason"], d["why"]) for d in made.to_dict()["decisions"] if not d["applied"]
    )
    notes = [f"  {reason}: {why}" for reason, why in refused]
    return "\n".join([head, *lines, *([""] if notes else []), *notes])
