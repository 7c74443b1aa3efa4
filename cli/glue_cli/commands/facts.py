"""`dbt-glue facts`: what the analysis knows of a model, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command(short_help="Print what the analysis knows of a model, as JSON.")
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--glue-version", default=None, help="The Glue version to analyse for.")
def facts(model: Path, glue_version: str | None) -> None:
    """Print the facts of MODEL, a file or the name of a model of the project, as JSON.

    Spans are half-open ranges of code points. `-` reads from standard input.
    """
    from glue_compiler.analysis import analyze
    from glue_compiler.facts.options import AnalysisOptions

    options = AnalysisOptions.for_glue(glue_version or "5.0")
    if str(model) == "-":
        data = sys.stdin.buffer.read()
    else:
        path = model if model.exists() else _model_file(str(model))
        if path is None:
            click.echo(f"dbt-glue facts: no file and no Python model is called {model}", err=True)
            sys.exit(2)
        data = path.read_bytes()
    click.echo(json.dumps(analyze(data, options).to_dict(), indent=2, ensure_ascii=False))


def _model_file(name: str) -> Path | None:
    from glue_compiler.project.load import ProjectError, find_project_root, load_project

    root = find_project_root(Path.cwd())
    if root is None:
        return None
    try:
        match = load_project(root).find_ref(name)
    except ProjectError as error:
        raise click.ClickException(str(error)) from None
    if match.node is None or match.node.language != "python":
        return None
    return root / match.node.path
