"""`dbt-glue endpoint`: run, start, look at and stop the embedded Glue endpoint."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from glue_compiler.project.load import STATE_FOLDER
from glue_endpoint.folders import DIRECTORY_VARIABLE

from glue_cli.commands.endpoint_formats import formats
from glue_cli.commands.endpoint_sparks import sparks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_endpoint.process.state import EndpointHandle


def default_directory() -> Path:
    """`.dbt-glue` of the nearest dbt project at or above the working directory, else here."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "dbt_project.yml").is_file():
            return folder / STATE_FOLDER
    return here / STATE_FOLDER


def _directory_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--dir",
        "directory",
        type=click.Path(file_okay=False, path_type=Path),
        envvar=DIRECTORY_VARIABLE,
        default=default_directory,
        show_default=f"{STATE_FOLDER} of the nearest dbt project",
        help="The folder that holds the warehouse and the endpoint's state.",
    )(command)


@click.group()
def endpoint() -> None:
    """Run AWS Glue on this machine, without AWS.

    The endpoint speaks the Glue API (interactive sessions and the Data Catalog) on loopback, and runs
    statements on a real Spark. Any Glue client can use it: set the variables that `dbt-glue endpoint
    env` prints. A dbt profile with `endpoint: local` starts it by itself.
    """


endpoint.add_command(formats)
endpoint.add_command(sparks)


@endpoint.command()
@_directory_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any free port.")
@click.option(
    "--idle-minutes",
    type=click.FloatRange(min=0),
    default=0,
    help="Stop after so many minutes without sessions and requests. Default: never.",
)
@click.option(
    "--as-aws",
    metavar="WORD[=VALUE]",
    multiple=True,
    help="Be as unpleasant as AWS, such as start=30 (seconds until a session is ready). Several times for several.",
)
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Refuse requests that the IAM policies in this file do not allow.",
)
def run(
    directory: Path, port: int, idle_minutes: float, as_aws: tuple[str, ...], policy: Path | None
) -> None:
    """Run the endpoint in the foreground until Ctrl-C."""
    from glue_endpoint.errors import EndpointStartError
    from glue_endpoint.fidelity import fidelity_of

    def ready(handle: EndpointHandle) -> None:
        click.echo("# The Glue API is served. In another shell:")
        _print_environment(handle)
        click.echo("# Ctrl-C stops it.")
        sys.stdout.flush()

    try:
        # Everything about Spark is imported with this, so a missing part is an error like the others.
        from glue_endpoint.process.serving import serve
        from glue_endpoint.process.state import StateFolder

        fidelity = fidelity_of(as_aws, policy)
        folder = StateFolder(directory)
        folder.prepare()
        _log_to(folder.log_file)
        idle = idle_minutes or None
        serve(folder.path, port=port, idle_minutes=idle, fidelity=fidelity, on_ready=ready)
    except EndpointStartError as error:
        raise click.ClickException(str(error)) from error


@endpoint.command()
@_directory_option
@click.option(
    "--idle-minutes",
    type=click.FloatRange(min=0),
    help="Stop after so many minutes without sessions and requests (0: never). Default: 15.",
)
def start(directory: Path, idle_minutes: float | None) -> None:
    """Start the endpoint in the background, if it is not running yet."""
    from glue_endpoint.process import client

    try:
        handle = client.ensure_endpoint(
            directory,
            on_progress=lambda message: click.echo(message, err=True),
            idle_minutes=idle_minutes,
        )
    except client.EndpointStartError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{handle.url} (process {handle.pid})")


@endpoint.command()
@_directory_option
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def status(directory: Path, as_json: bool) -> None:
    """Show whether the endpoint runs, and what it does. Exit code 1 if it does not run."""
    from glue_endpoint.process import client

    found = client.status(directory)
    if as_json:
        click.echo(json.dumps({"running": found is not None, **(found or {})}, indent=2))
    elif found is None:
        click.echo(f"No endpoint is running in {directory}.")
    else:
        _print_status(found)
    if found is None:
        sys.exit(1)


@endpoint.command()
@_directory_option
def stop(directory: Path) -> None:
    """Stop the endpoint and its sessions. Tables and files stay."""
    from glue_endpoint.process import client

    try:
        stopped = client.stop(directory)
    except client.EndpointStartError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Stopped." if stopped else f"No endpoint was running in {directory}.")


@endpoint.command()
@_directory_option
def env(directory: Path) -> None:
    """Print the variables that point AWS clients to the endpoint.

    eval "$(dbt-glue endpoint env)"
    """
    from glue_endpoint.process import client

    handle = client.find_endpoint(directory)
    if handle is None:
        raise click.ClickException(
            f"No endpoint is running in {directory}. Start one: dbt-glue endpoint start"
        )
    _print_environment(handle)


@endpoint.command()
@_directory_option
@click.option("-f", "--follow", is_flag=True, help="Keep printing what is added, until Ctrl-C.")
@click.option("-n", "--lines", type=click.IntRange(min=0), default=100, show_default=True)
@click.option("--spark", is_flag=True, help="Spark's own log instead of the endpoint's.")
def logs(directory: Path, follow: bool, lines: int, spark: bool) -> None:
    """Print the endpoint's log."""
    path = directory / ("spark.log" if spark else "endpoint.log")
    if not path.is_file():
        raise click.ClickException(f"There is no log yet: {path}")
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in deque(file, maxlen=lines):
            click.echo(line, nl=False)
        if follow:
            for line in _added(file.readline):
                click.echo(line, nl=False)


def _added(readline: Callable[[], str], interval: float = 0.25) -> Iterator[str]:
    """What is appended to a file, for ever."""
    while True:
        line = readline()
        if line:
            yield line
        else:
            time.sleep(interval)


def _print_environment(handle: EndpointHandle) -> None:
    from glue_endpoint.process.variables import client_variables

    variables = client_variables(handle, os.environ)
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _print_status(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    minutes, seconds = divmod(int(found["uptime"]), 60)
    hours, minutes = divmod(minutes, 60)
    idle = found["idle_minutes"]
    rows = {
        "url": found["url"],
        "process": str(found["pid"]),
        "version": found["build"],
        "Spark": f"{found['spark_version']} {found['spark']}".strip(),
        "sessions": str(found["sessions"]),
        "uptime": f"{hours}:{minutes:02}:{seconds:02}",
        "stops": f"after {idle:g} idle minutes" if idle else "when it is told to",
        "folder": found["folder"],
        "buckets": found["warehouse"],
        "log": found["log"],
    }
    for engine in found["engines"]:
        if engine["setup"] or len(found["engines"]) > 1:
            kind = engine["formats"] or ("jars" if engine["setup"] else "plain")
            beside = f", with {engine['setup']}" if engine["setup"] else ""
            rows[f"Spark {engine['spark_version']} ({kind})"] = f"{engine['state']}{beside}"
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, value)
    Console().print(table)


def _log_to(path: Path) -> None:
    """Logs to the terminal, and to the file that `dbt-glue endpoint logs` shows."""
    import logging

    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(path, encoding="utf-8")],
    )
    logging.getLogger("py4j").setLevel(logging.WARNING)  # it reports every closed connection
