"""`dbt-glue compile`: the program of a model as it would reach the session, and why it is what it is."""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from glue_compiler.plan import Plan
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
@click.option("--standalone", is_flag=True, help="A script that runs when pasted into a notebook.")
@click.option("--json", "as_json", is_flag=True, help="With --show plan: the plan as JSON.")
@click.option("--schema", default=None, help="The schema of relations whose schema only dbt knows.")
@click.option("--glue-version", default="5.0", show_default=True, help="The session's version.")
def compile_model(
    model: Path,
    full_refresh: bool,
    show: str,
    standalone: bool,
    as_json: bool,
    schema: str | None,
    glue_version: str,
) -> None:
    """Show what becomes of MODEL, a file or the name of a model of the project.

    Starts neither dbt nor a session: refs become the relations that the project's files tell.
    """
    from glue_compiler.analysis import analyze
    from glue_compiler.options import AnalysisOptions
    from glue_compiler.preview import preview

    project, node, path = _found(model)
    text = path.read_bytes().decode("utf-8", errors="replace")
    facts = analyze(text, AnalysisOptions.for_glue(glue_version))
    try:
        made = preview(
            facts,
            text,
            filename=path.name if project is None else path.as_posix(),
            stem=path.stem,
            project=project,
            node=node,
            incremental=not full_refresh,
            glue_version=glue_version,
            schema=schema,
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
        click.echo(_standalone(made.program) if standalone else made.program, nl=False)


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


def _standalone(program: str) -> str:
    """The program with the session's runtime before it, for a session that has nothing but `spark`."""
    from glue_compiler.runtime import bootstrap_code

    note = "# Paste this into a notebook with a Spark session called `spark`; the last line printed is the result.\n"
    return f"{note}{bootstrap_code()}\n{program}"


def _show_diff(made: Plan, path: Path) -> None:
    before, after = made.original.splitlines(), made.source.splitlines()
    lines = list(difflib.unified_diff(before, after, str(path), "rewritten", lineterm="", n=1))
    if not lines:
        click.echo(f"{path}: the source runs as it is ({made.why_not or 'no rewrite applied'})")
    for line in lines:
        color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.echo(click.style(line, fg=color))


def _table(made: Plan, path: Path) -> str:
    from glue_compiler.preview import returned

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
