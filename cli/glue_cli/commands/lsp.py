"""`dbt-glue lsp`: the language server, for editors to start."""

from __future__ import annotations

import gc
import logging
import sys

import click


@click.command(short_help="Serve an editor: diagnostics, completion, hover and more.")
@click.option("--stdio", is_flag=True, help="Speak on standard input and output (the default).")
@click.option("--tcp", "port", type=click.IntRange(0, 65535), help="Listen on a port instead.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address for --tcp.")
@click.option(
    "--log-level",
    type=click.Choice(("error", "warning", "info", "debug")),
    default="warning",
    show_default=True,
    help="What is written to standard error.",
)
def lsp(stdio: bool, port: int | None, host: str, log_level: str) -> None:
    """Serve an editor in the language server protocol, on standard input and output.

    Editors start this by themselves; docs/language-server.md says how to set them up.
    """
    if stdio and port is not None:
        raise click.UsageError("--stdio and --tcp exclude each other")
    logging.basicConfig(
        level=log_level.upper(),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # All that is imported here stays: looking for garbage among it costs a tenth of the start.
    gc.disable()
    from glue_lsp.server import serve_stdio, serve_tcp

    gc.freeze()
    gc.enable()
    # An edit makes thousands of facts anew, in which there is no garbage.
    gc.set_threshold(50_000, 20, 50)
    if port is None:
        serve_stdio()
    else:
        serve_tcp(host, port)
