"""`dbt-glue facts`: what the analysis knows of a model, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Overrides

from glue_cli.workspaces import named_model, open_workspace


@click.command(short_help="Print what the analysis knows of a model, as JSON.")
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--glue-version", type=click.Choice(GLUE_VERSIONS), help="The Glue version to analyse for."
)
def facts(model: Path, glue_version: str | None) -> None:
    """Print the facts of MODEL, a file or the name of a model of the project, as JSON.

    Spans are half-open ranges of code points. `-` reads from standard input.
    """
    overrides = Overrides({} if glue_version is None else {"glue-version": glue_version})
    if str(model) == "-":
        workspace = open_workspace(Path.cwd(), overrides)
        source = SourceText.from_bytes(sys.stdin.buffer.read())
    else:
        named = named_model("facts", model, overrides)
        workspace, source = named.workspace, named.source()
    click.echo(json.dumps(workspace.facts(source).to_dict(), indent=2, ensure_ascii=False))
