"""`dbt-glue doctor`: what changes for a project that dbt-glue built, and the repair of what can be repaired."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click
from glue_compiler.project.distributions import two_distributions
from glue_compiler.project.load import find_project_root

from glue_cli.asking import asked, ended, named_folder
from glue_cli.workspaces import profile_options, project_option

_INSTALLATION = "the installation"


@click.command("doctor", short_help="Say what changes for a project that dbt-glue built.")
@project_option
@profile_options
@click.option("--offline", is_flag=True, help="Ask neither the Data Catalog nor S3.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How the report is printed.",
)
@click.option("--notes", is_flag=True, help="Show what needs nothing to be done, too.")
@click.option("--policies", is_flag=True, help="Show the IAM policies of both roles in full.")
@click.option(
    "--fix", is_flag=True, help="Edit the project where an edit is safe; each is shown as a diff."
)
@click.option("--diff", "only_diff", is_flag=True, help="Show the edits of --fix, and write none.")
def doctor(
    project_dir: Path | None,
    profiles_dir: Path | None,
    target: str | None,
    offline: bool,
    output_format: str,
    notes: bool,
    policies: bool,
    fix: bool,
    only_diff: bool,
) -> None:
    """Look at a dbt project that dbt-glue builds: what is an error here, what means something else, what had no
    effect before and has one now, model by model; what dbt-glue left in S3; and what both roles need.

    Reads the project, its profile, target/manifest.json where it is new enough, and the Data Catalog and S3 with
    the profile's own credentials. Starts no session, and removes nothing. Status 0: nothing has to be looked at;
    1: there are errors or changes; 2: there is no report.
    """
    from glue_cli.doctor import show

    root = find_project_root(project_dir or Path.cwd())
    if root is None:
        ended("doctor", f"there is no dbt_project.yml in {project_dir or Path.cwd()} or above it")
    installation = _of_installation()
    if installation is not None and not installation["next"]:
        ended("doctor", installation["said"])
    report = _report(root, profiles_dir, target, offline)
    if installation is not None:
        report["findings"].insert(0, installation)
    if fix or only_diff:
        report = _fixed(
            root, report, write=fix and not only_diff, json_wanted=output_format == "json"
        )
        if fix and not only_diff and report["fixed"]:
            again = _report(root, profiles_dir, target, offline)
            report = {**again, "fixed": report["fixed"]}
            if installation is not None:
                report["findings"].insert(0, installation)
    report["counts"] = {
        level: sum(each["level"] == level for each in report["findings"]) for level in show.LEVELS
    }
    if output_format == "json":
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        for line in show.lines(report, color=color, notes=notes, policies=policies):
            click.echo(line)
    raise SystemExit(1 if report["counts"]["error"] or report["counts"]["change"] else 0)


def _of_installation() -> dict[str, Any] | None:
    """The finding about dbt-glue beside this adapter; without a `next` where its files run, so that nothing can be asked."""
    both = two_distributions()
    if both is None:
        return None
    said, _, following = both.told.partition(" Next: ")
    return {
        "level": "error",
        "where": _INSTALLATION,
        "about": "two distributions",
        "said": both.told if not both.ours_runs else said.rstrip("."),
        "next": following if both.ours_runs else "",
        "line": None,
        "fix": None,
    }


def _report(
    root: Path, profiles_dir: Path | None, target: str | None, offline: bool
) -> dict[str, Any]:
    from glue_cli.validation_client import MIGRATION

    request = {
        "root": str(root),
        "profilesDir": named_folder(profiles_dir),
        "target": target,
        "offline": offline,
    }
    return asked("doctor", request, MIGRATION)


def _fixed(root: Path, report: dict[str, Any], *, write: bool, json_wanted: bool) -> dict[str, Any]:
    """Shows the edits, and writes them; `fixed` are the files that were written, with what was done."""
    from glue_cli.doctor.fixing import edited_files

    try:
        files = edited_files(root, report["findings"])
        for edited in files:
            for line in edited.diff():
                click.echo(line, err=json_wanted)
            if write:
                edited.write()
    except OSError as error:
        ended("doctor", f"{error}; nothing after it was written")
    if not files:
        click.echo("There is nothing that --fix can do.", err=json_wanted)
    elif not json_wanted:
        click.echo("")
    return {
        **report,
        "fixed": [{"path": each.path, "done": list(each.titles)} for each in files]
        if write
        else [],
    }
