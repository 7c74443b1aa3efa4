"""The process: stdout is kept for answers alone, whatever dbt or a library prints goes to stderr."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from multiprocessing import resource_tracker
from typing import Any


def main() -> None:
    """Serves the client on stdin and stdout until it goes."""
    parser = argparse.ArgumentParser(
        prog="python -m dbt.adapters.glue.validation", description=__doc__
    )
    parser.add_argument(
        "--idle-stop",
        type=float,
        default=600.0,
        help="seconds after which a session that nobody uses is stopped",
    )
    options = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # The client decides when it ends, by closing stdin; Ctrl-C in its terminal is not for this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _terminate)
    # dbt's locks start this one, in the folder that they are first made in: here that is no project yet.
    resource_tracker.ensure_running()
    from dbt.adapters.glue.validation.service import Service

    def write(line: str) -> None:
        try:
            answers.write(line)
            answers.flush()
        except BrokenPipeError:
            # The client is gone; the end of stdin follows.
            pass

    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    Service(write, options.idle_stop).run(requests)


def _terminate(_number: int, _frame: Any) -> None:
    # The sessions are stopped on the way out of Service.run.
    sys.exit(143)


if __name__ == "__main__":
    main()
