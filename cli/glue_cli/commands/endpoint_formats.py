"""`dbt-glue endpoint formats`: which jars of table formats there are for each Glue version, and fetching them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from glue_compiler.knowledge.glue_versions import DEFAULT_GLUE_VERSION
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.spark.formats import FORMATS, GLUE_VERSIONS, FormatUnavailable, jars_of
from glue_endpoint.spark.glue_versions import SPARK_OF_GLUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_endpoint.spark.jars import JarCache

_VERSIONS = click.Choice(GLUE_VERSIONS)


@click.group(invoke_without_command=True, short_help="List or fetch the jars of table formats.")
@click.pass_context
def formats(context: click.Context) -> None:
    """List or fetch the jars of Iceberg, Delta Lake and Hudi, for sessions of the embedded endpoint.

    A session that asks for a format (`datalake_formats`) fetches its jars by itself, once per user. `install`
    does it beforehand: for a machine that will have no network, or a CI image. Without a command: list.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_formats, glue_version=None, as_json=False)


@formats.command("list", short_help="Show the jars, their size, and whether they are here.")
@click.option("--glue-version", type=_VERSIONS, help="Only this Glue version. Default: all.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def list_formats(glue_version: str | None, as_json: bool) -> None:
    """Show each format's jars by Glue version, their size, and whether they are on this machine."""
    from glue_endpoint.spark.jars import JarCache

    cache = JarCache()
    rows = [
        _row(name, version, cache)
        for name in FORMATS
        for version in GLUE_VERSIONS
        if glue_version in (None, version)
    ]
    if as_json:
        click.echo(json.dumps({"folder": str(cache.folder), "formats": rows}, indent=2))
    else:
        _print_rows(rows, cache)


@formats.command(short_help="Fetch the jars of formats into the user's cache.")
@click.argument(
    "names",
    metavar="FORMAT...",
    nargs=-1,
    required=True,
    type=click.Choice(tuple(FORMATS), case_sensitive=False),
)
@click.option(
    "--glue-version",
    type=_VERSIONS,
    default=DEFAULT_GLUE_VERSION,
    show_default=True,
    help="The Glue version of the sessions that will use them.",
)
@click.option(
    "--conf",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="A setting of Spark for this command: spark.jars.ivySettings, spark.jars.repositories.",
)
def install(names: Sequence[str], glue_version: str, settings: Sequence[str]) -> None:
    """Fetch the jars of FORMAT... (iceberg, delta, hudi) into the user's cache. Nothing is fetched twice.

    Spark's own Ivy fetches them, from where Spark's users say: spark.jars.ivySettings and
    spark.jars.repositories (`--conf`, or spark-defaults.conf in SPARK_CONF_DIR), the variable
    DEFAULT_ARTIFACT_REPOSITORY, proxies in HTTPS_PROXY and NO_PROXY or as Java's properties in
    JAVA_TOOL_OPTIONS. What Maven has in ~/.m2/repository is taken from there. Exit code 1 if a jar is not to be had.
    """
    from glue_endpoint.spark.jars import JarCache, megabytes

    cache = JarCache()
    try:
        jars = jars_of(names, glue_version, SPARK_OF_GLUE[glue_version])
        cache.paths(
            jars, report=lambda line: click.echo(line, err=True), settings=_settings(settings)
        )
    except (FormatUnavailable, EndpointStartError) as error:
        raise click.ClickException(str(error)) from error
    size = megabytes(sum(jar.size for jar in jars))
    click.echo(
        f"{', '.join(dict.fromkeys(names))} for Glue {glue_version}: {size} in {cache.folder}"
    )


def _settings(given: Sequence[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for text in given:
        key, separator, value = text.partition("=")
        if not separator:
            raise click.BadParameter(f"{text!r} is not KEY=VALUE", param_hint="--conf")
        settings[key.strip()] = value.strip()
    return settings


def _row(name: str, glue_version: str, cache: JarCache) -> dict[str, Any]:
    jars = FORMATS[name].jars[glue_version]
    reason = jars if isinstance(jars, str) else None
    pinned = () if isinstance(jars, str) else jars
    missing = cache.missing(pinned)
    return {
        "format": name,
        "glue_version": glue_version,
        "spark_version": SPARK_OF_GLUE[glue_version],
        "jars": [
            {
                "coordinate": jar.coordinate,
                "size": jar.size,
                "sha256": jar.sha256,
                "path": str(cache.path(jar)),
                "cached": jar not in missing,
            }
            for jar in pinned
        ],
        "size": sum(jar.size for jar in pinned),
        "cached": bool(pinned) and not missing,
        "unavailable": reason,
    }


def _print_rows(rows: Sequence[dict[str, Any]], cache: JarCache) -> None:
    from glue_endpoint.spark.jars import megabytes
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("format", "Glue", "Spark", "jar"):
        table.add_column(heading, overflow="fold", no_wrap=heading != "jar")
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("here", no_wrap=True)
    for row in rows:
        first = (row["format"], row["glue_version"], row["spark_version"])
        if not row["jars"]:
            table.add_row(*first, row["unavailable"])
        for number, jar in enumerate(row["jars"]):
            here = "yes" if jar["cached"] else "no"
            file = Path(jar["path"]).name
            table.add_row(*(("", "", "") if number else first), file, megabytes(jar["size"]), here)
    Console().print(table)
    click.echo(
        f"\nin {cache.folder}\nfetch them: dbt-glue endpoint formats install FORMAT... --glue-version X"
    )
