"""The other end of `child`: a process that answers one request after the other and ends with its client."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Handler = Callable[["Request"], Any]


@dataclass(eq=False)
class Request:
    """A request that waits for its turn or has it."""

    parameters: dict[str, Any]
    answers: BinaryIO
    _cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants the result any more."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Give it up, at the next time that it looks."""
        self._cancelled.set()

    def tell(self, event: str, **details: Any) -> None:
        """Tell the client something before the result."""
        message = {"id": self.parameters["id"], "event": event, **details}
        self.answers.write(json.dumps(message).encode() + b"\n")
        self.answers.flush()


def serve(handlers: Mapping[str, Handler]) -> None:
    """Answer requests on standard input by the handlers of their `op`, on standard output, for ever.

    Handlers run on this thread. What they print goes to standard error. The process ends when its
    input does, whatever it is doing: it has nothing to tidy up.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    waiting: queue.Queue[Request] = queue.Queue()
    threading.Thread(target=_take_all, args=(answers, waiting), daemon=True).start()
    while True:
        _answer(waiting.get(), handlers)


def _take_all(answers: BinaryIO, waiting: queue.Queue[Request]) -> None:
    """Read all that comes, so that a cancel overtakes what it is about."""
    known: WeakValueDictionary[int, Request] = WeakValueDictionary()
    for line in sys.stdin.buffer:
        parameters = json.loads(line)
        if parameters["op"] != "cancel":
            request = Request(parameters, answers)
            known[parameters["id"]] = request
            waiting.put(request)
        elif (unwanted := known.get(parameters["job"])) is not None:
            unwanted.cancel()
    os._exit(0)


def _answer(request: Request, handlers: Mapping[str, Handler]) -> None:
    try:
        result = None if request.cancelled else handlers[request.parameters["op"]](request)
    except Exception as error:  # noqa: BLE001 - a defect ends this request, never the process
        told = f"internal error: {type(error).__name__}: {error}"
        request.tell("result", ok=False, error=told, traceback=traceback.format_exc())
        return
    if request.cancelled:
        request.tell("result", ok=False, cancelled=True, error="cancelled")
    else:
        request.tell("result", ok=True, result=result)
