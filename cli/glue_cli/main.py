"""`dbt-glue`: one command line, whose commands are imported only when they run."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from dataclasses import dataclass

import click


@dataclass(frozen=True)
class LazyCommand:
    """Where a command lives (`module:attribute`) and its line in `dbt-glue --help`."""

    target: str
    help: str

    def load(self) -> click.Command:
        """Imports the command."""
        module, attribute = self.target.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


COMMANDS: dict[str, LazyCommand] = {
    "check": LazyCommand(
        "glue_cli.commands.check:check", "Check Python models without running anything."
    ),
    "clean": LazyCommand(
        "glue_cli.commands.clean:clean", "Remove data that runs left behind and nothing refers to."
    ),
    "compile": LazyCommand(
        "glue_cli.commands.compile:compile_model", "Show the program of a model and its plan."
    ),
    "doctor": LazyCommand(
        "glue_cli.commands.doctor:doctor",
        "Say what changes for a project that dbt-glue built, and repair what can be.",
    ),
    "explain": LazyCommand("glue_cli.commands.explain:explain", "Explain a rule, or all of them."),
    "facts": LazyCommand(
        "glue_cli.commands.facts:facts", "Print what the analysis knows of a model, as JSON."
    ),
    "record": LazyCommand(
        "glue_cli.commands.record:record", "Run dbt and write down what AWS answered, to be sent."
    ),
    "schema": LazyCommand(
        "glue_cli.commands.schema:schema",
        "Show the real columns of a model or table, or write them.",
    ),
    "lsp": LazyCommand(
        "glue_cli.commands.lsp:lsp", "Serve an editor: diagnostics, completion, hover and more."
    ),
    "endpoint": LazyCommand(
        "glue_cli.commands.endpoint:endpoint", "Run AWS Glue on this machine, without AWS."
    ),
}
"""Every command by its name. The help line is here so that `--help` imports no command."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        found = COMMANDS.get(cmd_name)
        return found.load() if found else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(f"No such command {args[0]!r}. Commands: {', '.join(sorted(COMMANDS))}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in sorted(COMMANDS)])


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        click.echo(f"dbt-glue {metadata.version('dbt-glue-python')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def main() -> None:
    """dbt Python models on AWS Glue: check them, explain them, and run Glue on this machine."""


def script() -> None:
    """The console script `dbt-glue`.

    A check ends without taking apart what it made, which would be a tenth of its time for one file: it leaves
    no thread, no file and no process behind.
    """
    try:
        main()
    except SystemExit as ended:
        if sys.argv[1:2] == ["check"] and threading.active_count() == 1:
            _end(ended.code)
        raise


def _end(code: object) -> None:
    """End this process at once, unless somebody does not read what it said, which is Python's to tell."""
    if code is not None and not isinstance(code, int):
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(code or 0)
