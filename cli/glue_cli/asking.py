"""Commands that ask a process of the adapter once: the folder of profiles, progress on a terminal, and how they end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from glue_compiler.project.variables import dbt_variable

if TYPE_CHECKING:
    from collections.abc import Callable


def ended(command: str, why: str) -> NoReturn:
    """Ends with status 2: there is no report."""
    click.echo(f"dbt-glue {command}: {why}", err=True)
    raise SystemExit(2)


def named_folder(profiles_dir: Path | None) -> str | None:
    """The folder of profiles as the option or dbt's variable names it, absolute."""
    named = profiles_dir or dbt_variable("PROFILES_DIR")
    return str(Path(named).expanduser().resolve()) if named else None


def asked(command: str, request: dict[str, Any], process: str) -> dict[str, Any]:
    """What a process of the adapter answers; ends with status 2 where it has no answer."""
    from glue_cli.validation_client import ValidationError, ask

    tell, done = _progress()
    try:
        return ask(request, tell, process)
    except ValidationError as error:
        done()
        ended(command, str(error))
    finally:
        done()


def _progress() -> tuple[Callable[[str], None], Callable[[], None]]:
    """One line that changes on a terminal; elsewhere nothing, so that a log has the report alone."""
    if not sys.stderr.isatty():
        return lambda _message: None, lambda: None

    def tell(message: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{message[:100]}")
        sys.stderr.flush()

    def done() -> None:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()

    return tell, done
