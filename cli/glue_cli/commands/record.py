"""`dbt-glue record`: run a command, and write down what AWS answered to it, without what is the user's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click

VARIABLE = "DBT_GLUE_RECORD"


@click.command(
    short_help="Run dbt and write down what AWS answered, to be sent.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("dbt-glue-recording.jsonl"),
    show_default=True,
    help="The file, which must not be there.",
)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def record(output: Path, command: tuple[str, ...]) -> None:
    """Run COMMAND, such as `dbt run`, with the adapter's calls of AWS recorded in a file.

    The file has operations, errors, times and the shape of parameters and answers. Names, accounts, code, texts and
    rows are not in it. Each further process of the command has a file of its own beside it. Ends as the command ends.
    """
    file = output.absolute()
    earlier = {*_files(file)}
    if file.exists():
        click.echo(
            f"dbt-glue record: {output} is there already; remove it, or name another one with --output",
            err=True,
        )
        sys.exit(2)
    try:
        # The user's own command, started as the shell would.
        status = subprocess.call(command, env={**os.environ, VARIABLE: str(file)})
    except OSError as error:
        click.echo(f"dbt-glue record: {command[0]} cannot be started: {error.strerror}", err=True)
        sys.exit(127)
    files = [each for each in _files(file) if each not in earlier]
    if not files:
        click.echo(
            "dbt-glue record: nothing was recorded: the command made no client of AWS with this adapter",
            err=True,
        )
    else:
        calls = sum(max(0, _lines(each) - 1) for each in files)
        names = ", ".join(str(output.with_name(each.name)) for each in files)
        where = names if len(files) == 1 else f"{len(files)} files, one of each process: {names}"
        click.echo(
            f"dbt-glue record: {calls} calls in {where}. Look at it before you send it.", err=True
        )
    sys.exit(status if status >= 0 else 128 - status)


def _files(file: Path) -> list[Path]:
    """The file of the first process, and those of others beside it."""
    beside = re.compile(re.escape(file.stem) + r"-(\d+)" + re.escape(file.suffix))
    folder = file.parent
    found = {
        int(match[1]): each
        for each in (folder.iterdir() if folder.is_dir() else ())
        if (match := beside.fullmatch(each.name))
    }
    return [*([file] if file.exists() else []), *(found[number] for number in sorted(found))]


def _lines(file: Path) -> int:
    with file.open(encoding="utf-8") as lines:
        return sum(1 for _ in lines)
