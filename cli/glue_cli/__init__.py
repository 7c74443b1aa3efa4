"""The `dbt-glue` command line, a thin client of the compiler, the endpoint and the language server."""

# Nothing may be imported here but what Python has loaded by itself, not even `__future__`: an editor starts this
# command in a project, and PYTHONPATH may make that the first folder where modules are looked for.
import os
import sys


def _forget_working_directory() -> None:
    """Take out of sys.path what empty and relative entries of PYTHONPATH mean: what lies where we were started."""
    written = os.environ.get("PYTHONPATH")
    if not written or sys.flags.ignore_environment:
        return
    entries = written.split(os.pathsep)
    named = {entry for entry in entries if os.path.isabs(entry)}  # noqa: PTH117 - pathlib is not loaded
    here = {os.path.abspath(entry) for entry in entries if entry not in named}  # noqa: PTH100
    sys.path[:] = [entry for entry in sys.path if entry not in here or entry in named]


_forget_working_directory()
