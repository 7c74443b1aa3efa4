"""`dbt-glue compile`: what becomes of a model: its program, for people and for the session, and the plan behind it."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS
from glue_compiler.workspace import Overrides

from glue_cli.workspaces import named_model, profile_choice, profile_options

if TYPE_CHECKING:
    from glue_compiler.plan.planner import Plan
    from glue_compiler.plan.preview import PlannedProgram


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
    type=click.Choice(("program", "wire", "diff", "plan", "facts")),
    default="plan",
    show_default=True,
    help="The program for people, the one that is sent, what was rewritten, the plan, or the facts as JSON.",
)
@click.option(
    "--standalone",
    is_flag=True,
    help="A script to paste into a notebook: the program for people, or, with --show wire, what is sent and its runtime.",
)
@click.option("--verbose", is_flag=True, help="With --show plan: refusals, too, that need nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --show plan: the plan as JSON.")
@click.option("--schema", default=None, help="The schema of relations whose schema only dbt knows.")
@click.option(
    "--glue-version",
    type=click.Choice(GLUE_VERSIONS),
    help="The Glue to compile for; else that of the settings file, of the profile, or 5.0.",
)
@profile_options
def compile_model(
    model: Path,
    full_refresh: bool,
    show: str,
    standalone: bool,
    verbose: bool,
    as_json: bool,
    schema: str | None,
    glue_version: str | None,
    profiles_dir: Path | None,
    target: str | None,
) -> None:
    """Show what becomes of MODEL, a file or the name of a model of the project.

    Starts neither dbt nor a session: refs become the relations that the project's files tell.
    """
    values = {} if glue_version is None else {"glue-version": glue_version}
    overrides = Overrides(values, profile=profile_choice(profiles_dir, target))
    named = named_model("compile", model, overrides)
    path, workspace = named.file, named.workspace
    if schema is not None:
        workspace = workspace.in_schema(schema)
    source = named.source()
    try:
        made = workspace.program(named.path, source, incremental=not full_refresh)
    except ValueError as error:
        raise click.ClickException(f"{path}: {error}") from error
    if show == "wire":
        click.echo(_wire_script(made) if standalone else made.text, nl=False)
    elif standalone or show == "program":
        click.echo(made.readable, nl=False)
    elif show == "facts":
        click.echo(json.dumps(workspace.facts(source).to_dict(), indent=2, ensure_ascii=False))
    elif show == "diff":
        _show_diff(made.plan, path)
    else:
        click.echo(
            made.plan.to_json() if as_json else _plan_in_words(made.plan, path, verbose=verbose)
        )


def _wire_script(made: PlannedProgram) -> str:
    """The program that is sent, with the session's runtime before it, for a session that has nothing but `spark`.

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
    return f"{note}{bootstrap_code()}\n{made.scratch.text}{shown}"


def _show_diff(made: Plan, path: Path) -> None:
    before, after = made.original.splitlines(), made.source.splitlines()
    lines = list(difflib.unified_diff(before, after, str(path), "rewritten", lineterm="", n=1))
    if not lines:
        click.echo(f"{path}: the source runs as it is ({made.why_not or 'no rewrite applied'})")
    for line in lines:
        color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.echo(click.style(line, fg=color))


def _plan_in_words(made: Plan, path: Path, *, verbose: bool) -> str:
    from glue_compiler.plan.report import plan_text, returned

    return f"{path}: returns {returned(made)}\n{plan_text(made, verbose=verbose)}"
