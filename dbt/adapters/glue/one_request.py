"""A process of the adapter that the command line asks once: a line of JSON on stdin, lines of JSON on stdout."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Tell = Callable[[str], None]

__all__ = ["NoProject", "answer_one"]


class NoProject(Exception):
    """The folder has no project that can be read; the message says why."""


def answer_one(run: Callable[[dict[str, Any], Tell], dict[str, Any]]) -> None:
    """Answers one request by `run`, which may tell of its progress; whatever a library prints goes to stderr.

    Answers are as those of `dbt.adapters.glue.validation`.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.readline())

    def send(message: dict[str, Any]) -> None:
        answers.write(json.dumps({"id": request.get("id"), **message}, default=str) + "\n")
        answers.flush()

    from dbt_common.exceptions import DbtBaseException

    try:
        result = run(request, lambda said: send({"event": "progress", "message": said}))
    except NoProject as error:
        send({"event": "result", "ok": False, "error": str(error)})
    except DbtBaseException as error:
        send({"event": "result", "ok": False, "error": str(getattr(error, "msg", error))})
    except Exception as error:  # noqa: BLE001 - told to who asked, with where it came from on stderr
        traceback.print_exc()
        said = f"internal error: {type(error).__name__}: {error}"
        send({"event": "result", "ok": False, "error": said})
    else:
        send({"event": "result", "ok": True, "result": result})
