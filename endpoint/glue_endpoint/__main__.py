"""The endpoint's server process: `python -m glue_endpoint --dir FOLDER`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from glue_endpoint.errors import EndpointStartError
from glue_endpoint.fidelity import PLEASANT, fidelity_asked
from glue_endpoint.process.client import IDLE_VARIABLE
from glue_endpoint.process.state import StateFolder

_LOCAL = ("py4j", "pyspark", "thriftpy2")
"""What the endpoint imports of the extra `local`; py4j comes with PySpark."""


def main() -> int:
    """Serves until stopped or idle; exit code 1 and `endpoint.error` if it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m glue_endpoint")
    parser.add_argument("--dir", type=Path, required=True, help="the state folder")
    parser.add_argument("--port", type=int, default=0, help="the port; any free one by default")
    arguments = parser.parse_args()
    # Not before everything that starts Python has been looked for: see NEUTRAL_FOLDER.
    folder = arguments.dir.absolute()
    os.chdir(folder)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("py4j").setLevel(logging.WARNING)  # it reports every closed connection
    try:
        try:
            from glue_endpoint.process.serving import DEFAULT_IDLE_MINUTES, serve
        except ModuleNotFoundError as missing:
            if missing.name not in _LOCAL:
                raise
            raise EndpointStartError(
                f"{missing.name} is not installed in {sys.prefix}. The embedded endpoint needs it: "
                'pip install "dbt-glue-python[local]"'
            ) from None
        idle = idle_minutes(os.environ.get(IDLE_VARIABLE), DEFAULT_IDLE_MINUTES)
        fidelity = fidelity_asked(os.environ) or PLEASANT
        serve(folder, port=arguments.port, idle_minutes=idle, fidelity=fidelity)
    except EndpointStartError as error:
        logging.getLogger(__name__).error("%s", error)
        StateFolder(folder).error_file.write_text(str(error), encoding="utf-8")
        return 1
    return 0


def idle_minutes(text: str | None, default: float) -> float | None:
    """The idle time from the environment: a number of minutes; 0 or less means never to stop."""
    if not text:
        return default
    try:
        minutes = float(text)
    except ValueError:
        raise EndpointStartError(
            f"{IDLE_VARIABLE} must be a number of minutes, not {text!r}."
        ) from None
    return minutes if minutes > 0 else None


if __name__ == "__main__":
    sys.exit(main())
