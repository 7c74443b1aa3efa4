"""`dbt-glue endpoint sparks`: which Spark each Glue version runs on here, and making the ones that are missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.spark.glue_versions import PACKAGES_OF_GLUE, SPARK_OF_GLUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_endpoint.spark.sparks import SparkCache

_LISTED = ("4.0", *PACKAGES_OF_GLUE)


@click.group(invoke_without_command=True, short_help="List or install the Sparks of Glue versions.")
@click.pass_context
def sparks(context: click.Context) -> None:
    """List or install the Sparks of Glue versions, for sessions of the embedded endpoint.

    A session runs on the Spark of its `glue_version`: the installed PySpark, or one in an environment of its
    own, which the first session that wants it makes, once per user. `install` does it beforehand: for a machine
    that will have no network, or a CI image. Without a command: list.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_sparks, as_json=False)


@sparks.command("list", short_help="Show each Glue version's Spark, and whether it is here.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def list_sparks(as_json: bool) -> None:
    """Show the Spark of each Glue version and on which one its sessions run on this machine."""
    from glue_endpoint.spark.sparks import SparkCache

    cache = SparkCache()
    try:
        rows = [_row(version, cache) for version in _LISTED]
    except EndpointStartError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps({"folder": str(cache.folder), "sparks": rows}, indent=2))
    else:
        _print_rows(rows, cache)


@sparks.command(short_help="Install the Sparks of Glue versions into the user's cache.")
@click.argument(
    "versions",
    metavar="GLUE_VERSION...",
    nargs=-1,
    required=True,
    type=click.Choice(tuple(PACKAGES_OF_GLUE)),
)
def install(versions: Sequence[str]) -> None:
    """Install the Spark of each GLUE_VERSION (5.0, 5.1, 6.0), with the Python packages that Glue has beside it.

    One that is installed where dbt runs, or that is there already, is not installed again. pip installs it (uv,
    where there is no pip) from where its users say: pip.conf, PIP_INDEX_URL, proxies. About 430 MB come over the
    network and 730 MB stay. Exit code 1 if one is not to be had.
    """
    from glue_endpoint.spark.sparks import SparkCache, SparkUnavailable, needs_environment

    cache = SparkCache()
    for version in dict.fromkeys(versions):
        spark = SPARK_OF_GLUE[version]
        try:
            if needs_environment(version):
                made = cache.make(version, lambda line: click.echo(line, err=True))
                click.echo(f"Glue {version}: Spark {spark} in {made.folder}")
            else:
                click.echo(f"Glue {version}: Spark {spark}, which is installed where dbt runs")
        except SparkUnavailable as error:
            raise click.ClickException(f"Glue {version}: {error}") from error
        except EndpointStartError as error:
            raise click.ClickException(str(error)) from error


def _row(version: str, cache: SparkCache) -> dict[str, Any]:
    from glue_endpoint.spark.sparks import needs_environment

    is_installed = not needs_environment(version)
    found = None if is_installed else cache.find(version)
    known = version in PACKAGES_OF_GLUE
    return {
        "glue_version": version,
        "spark_version": SPARK_OF_GLUE[version],
        "state": "installed"
        if is_installed
        else "made"
        if found
        else "not made"
        if known
        else "none",
        "path": str(cache.place(version)) if known and not is_installed else None,
        "packages": list(PACKAGES_OF_GLUE.get(version, ())),
    }


_STATES = {
    "installed": "yes: where dbt runs",
    "made": "yes: in an environment of its own",
    "not made": "no: the first session makes an environment",
    "none": "no: its sessions run on the installed Spark",
}


def _print_rows(rows: Sequence[dict[str, Any]], cache: SparkCache) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("Glue", "Spark", "here"):
        table.add_column(heading, overflow="fold", no_wrap=heading != "here")
    for row in rows:
        table.add_row(row["glue_version"], row["spark_version"], _STATES[row["state"]])
    Console().print(table)
    click.echo(f"\nin {cache.folder}\nmake them: dbt-glue endpoint sparks install GLUE_VERSION...")
