"""`dbt-glue clean`: data that runs left behind and that nothing refers to, found and removed."""

from __future__ import annotations

import json
from pathlib import Path

import click
from glue_compiler.project.load import find_project_root

from glue_cli.asking import asked, ended, named_folder
from glue_cli.workspaces import profile_options, project_option


@click.command("clean", short_help="Remove data that runs left behind and nothing refers to.")
@project_option
@profile_options
@click.option("--profile", help="The profile, as in dbt.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed, and remove nothing.")
@click.option(
    "--select",
    multiple=True,
    metavar="NAME",
    help="Only tables of these models, seeds and snapshots; `*` stands for any letters.",
)
@click.option(
    "--older-than",
    type=click.FloatRange(min=0),
    metavar="MINUTES",
    help="Remove what was replaced longer ago than this, whatever profile and models say.",
)
@click.option(
    "--output-format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How the report is printed.",
)
def clean(
    project_dir: Path | None,
    profiles_dir: Path | None,
    target: str | None,
    profile: str | None,
    dry_run: bool,
    select: tuple[str, ...],
    older_than: float | None,
    output_format: str,
) -> None:
    """Remove staged tables and versions of tables that runs left behind.

    Only what this adapter made for this project's own tables goes, when no table refers to it, its run has ended, and,
    of what was a table's until it was replaced, when that is longer ago than old_version_retention_in_minutes. Runs
    of dbt remove the same of the tables that they build. Starts no session.

    Asks the Data Catalog and S3 with the profile's own credentials. Status 0: done, or shown; 1: something could not be
    removed; 2: there was nothing that could be looked at.
    """
    from glue_cli.cleaning.show import lines
    from glue_cli.validation_client import CLEANING

    root = find_project_root(project_dir or Path.cwd())
    if root is None:
        ended("clean", f"there is no dbt_project.yml in {project_dir or Path.cwd()} or above it")
    request = {
        "root": str(root),
        "profilesDir": named_folder(profiles_dir),
        "profile": profile,
        "target": target,
        "dryRun": dry_run,
        "select": list(select),
        "olderThan": older_than,
    }
    report = asked("clean", request, CLEANING)
    if output_format == "json":
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        for line in lines(report):
            click.echo(line)
    if report["blind"]:
        ended("clean", "none of the places of the project's tables can be listed; see docs/iam.md")
    raise SystemExit(1 if report["failed"] else 0)
