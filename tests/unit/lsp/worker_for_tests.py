"""A process that does what the tests of its client ask for."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from glue_lsp.work.serving import serve

if TYPE_CHECKING:
    from glue_lsp.work.serving import Request


def count(request: Request) -> dict[str, Any]:
    """Tell each number up to `to`, and answer with the last one and the process."""
    for number in range(1, request.parameters["to"] + 1):
        request.tell("progress", number=number)
    print("a library that prints")
    return {"counted": request.parameters["to"], "process": os.getpid()}


def wait(request: Request) -> None:
    """Wait until nobody wants the result."""
    request.tell("progress", number=0)
    pause = threading.Event()
    while not request.cancelled:
        pause.wait(0.01)


def fail(_request: Request) -> None:
    """Fail by a defect."""
    raise KeyError("a defect")


def die(_request: Request) -> None:
    """End with some last words."""
    print("the last words", file=sys.stderr, flush=True)
    os._exit(7)


def babble(_request: Request) -> None:
    """Say what no client understands."""
    _request.answers.write(b"no json\n")
    _request.answers.flush()


if __name__ == "__main__":
    serve({"count": count, "wait": wait, "fail": fail, "die": die, "babble": babble})
