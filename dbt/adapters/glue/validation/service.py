"""The protocol: requests as JSON lines on stdin, answers and events as JSON lines on stdout.

Requests `{id, op, root, profilesDir?, target?, settings?, ...}`; `settings` are those of the editor, as in dbt-glue.toml:

| op | more | answer |
|---|---|---|
| `validate` | `model` (path in the project), `source?` (its text), `rows?` | the columns and diagnostics (see models.Validation) |
| `schemas` | `model?`: what it reads; else everything | `{schemas: [key, ...]}` |
| `relation` | `name`: a model, `source.table` or `database.table` | its columns and where they come from |
| `start`, `stop`, `restart` | the session of the root | `{session: {...}}` |
| `status` | | `{session, queue}` |
| `cancel` | `job`: the id of a request | `{cancelled: true or false}` |

Every request gets one line `{id, event: "result", ok: true, result}` or `{id, event: "result", ok:
false, cancelled, error}`. In between come `{id, event: "progress", message}` and
`{event: "session", root, state, detail}` with the states starting, ready, busy, stopped and failed.
One job runs at a time; `cancel` and `status` are answered at once, and `stop` and `restart` cancel the
root's jobs before them. The end of stdin ends it all.
"""

from __future__ import annotations

import json
import queue
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt_common.exceptions import DbtBaseException

from dbt.adapters.glue.validation.session import Cancelled, ValidationSession

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dbt.adapters.glue.validation.project import DbtProject

__all__ = ["Service"]

_JOBS = frozenset({"validate", "schemas", "relation", "start", "stop", "restart"})
_LOOK_EVERY = 1.0


@dataclass
class Job:
    """A request that waits for its turn or has it."""

    request: dict[str, Any]
    cancel: threading.Event = field(default_factory=threading.Event)

    @property
    def id(self) -> Any:
        return self.request.get("id")


@dataclass
class Place:
    """A project with its session, and when it was last used."""

    project: DbtProject
    session: ValidationSession
    used: float = 0.0


class Service:
    """Serves one client. `write` sends a line; `idle_stop` is in seconds."""

    def __init__(self, write: Any, idle_stop: float) -> None:
        self._write = write
        self._write_lock = threading.Lock()
        self._idle_stop = idle_stop
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._waiting: list[Job] = []
        self._lock = threading.Lock()
        self._places: dict[tuple[str, str | None, str | None], Place] = {}
        self._states: dict[str, dict[str, Any]] = {}

    def run(self, lines: Iterable[str]) -> None:
        """Serves until the lines end; then cancels what runs and stops the sessions."""
        worker = threading.Thread(target=self._work, name="dbt-glue-validation")
        worker.start()
        try:
            for line in lines:
                if line.strip():
                    self._take(line)
        finally:
            with self._lock:
                for job in self._waiting:
                    job.cancel.set()
            for place in list(self._places.values()):
                place.session.interrupt()
            self._jobs.put(None)
            worker.join()

    # The reading side

    def _take(self, line: str) -> None:
        try:
            request = json.loads(line)
            op = request["op"]
        except (ValueError, TypeError, KeyError):
            self._send({"id": None, "event": "result", "ok": False, "error": "this is no request"})
            return
        if op == "cancel":
            self._answer(request, {"cancelled": self._cancel(request.get("job"))})
        elif op == "status":
            with self._lock:
                waiting = [job.id for job in self._waiting]
            self._answer(
                request, {"session": self._states.get(str(request.get("root"))), "queue": waiting}
            )
        elif op in _JOBS:
            job = Job(request)
            with self._lock:
                if op in ("stop", "restart"):
                    # Who stops the session does not wait for what runs in it.
                    for other in self._waiting:
                        if other.request.get("root") == request.get("root"):
                            other.cancel.set()
                self._waiting.append(job)
            self._jobs.put(job)
        else:
            self._refuse(request, f"there is no op {op!r}")

    def _cancel(self, wanted: Any) -> bool:
        with self._lock:
            found = next((job for job in self._waiting if job.id == wanted), None)
        if found is not None:
            found.cancel.set()
        return found is not None

    # The working side

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=_LOOK_EVERY)
            except queue.Empty:
                self._stop_idle()
                continue
            if job is None:
                break
            self._do(job)
            with self._lock:
                self._waiting.remove(job)
        for place in self._places.values():
            self._stop(place, "the validation ended")

    def _do(self, job: Job) -> None:
        try:
            if job.cancel.is_set():
                raise Cancelled
            self._answer(job.request, self._result(job))
        except Cancelled:
            self._send(
                {
                    "id": job.id,
                    "event": "result",
                    "ok": False,
                    "cancelled": True,
                    "error": "cancelled",
                }
            )
        except DbtBaseException as error:
            self._refuse(job.request, str(getattr(error, "msg", error)))
        except OSError as error:
            self._refuse(job.request, f"{type(error).__name__}: {error}")
        except Exception as error:  # noqa: BLE001 - a defect ends this job, never the process and its session
            self._refuse(
                job.request,
                f"internal error: {type(error).__name__}: {error}",
                traceback.format_exc(),
            )

    def _result(self, job: Job) -> dict[str, Any]:
        from dbt.adapters.glue.sessions.environment import Environment
        from dbt.adapters.glue.validation.models import describe, fetch_schemas, validate

        request = job.request
        place = self._place(request)
        op = request["op"]
        if op in ("stop", "restart"):
            self._stop(place, "as asked")
            if op == "stop":
                return {"session": self._states.get(str(place.project.root))}

        def progress(message: str) -> None:
            self._send({"id": job.id, "event": "progress", "message": message})

        place.project.settings = request.get("settings") or {}
        progress("Reading the project")
        place.project.refresh()
        try:
            if op in ("start", "restart"):
                environment = Environment.of(place.project.adapter.credentials)
                place.session.start(environment, job.cancel)
                return {"session": self._states.get(str(place.project.root))}
            if op == "schemas":
                progress("Asking the Data Catalog")
                schemas = fetch_schemas(place.project, request.get("model"))
                return {"schemas": [schema.key for schema in schemas]}
            if op == "relation":
                name = str(request["name"])
                found = describe(place.project, place.session, name, job.cancel, progress)
                return found.to_dict()
            return validate(
                place.project,
                place.session,
                str(request["model"]),
                request.get("source"),
                request.get("rows"),
                job.cancel,
                progress,
            ).to_dict()
        finally:
            place.used = time.monotonic()

    def _place(self, request: dict[str, Any]) -> Place:
        from dbt.adapters.glue.validation.project import DbtProject

        key = (str(request["root"]), request.get("profilesDir"), request.get("target"))
        place = self._places.get(key)
        if place is None:
            root = key[0]
            project = DbtProject(Path(root), key[1], key[2])

            def tell(state: str, detail: dict[str, Any]) -> None:
                self._states[root] = {"state": state, "detail": detail}
                self._send({"event": "session", "root": root, "state": state, "detail": detail})

            session = ValidationSession(lambda: project.adapter, tell)
            place = self._places[key] = Place(project, session)
        return place

    def _stop_idle(self) -> None:
        for place in self._places.values():
            idle = time.monotonic() - place.used
            if place.session.alive and idle > self._idle_stop:
                self._stop(place, f"it was idle for {idle:.0f} s")

    def _stop(self, place: Place, why: str) -> None:
        if place.session.used:
            place.session.stop(why)

    # Answers

    def _answer(self, request: dict[str, Any], result: dict[str, Any]) -> None:
        self._send({"id": request.get("id"), "event": "result", "ok": True, "result": result})

    def _refuse(self, request: dict[str, Any], error: str, trace: str | None = None) -> None:
        answer = {"id": request.get("id"), "event": "result", "ok": False, "error": error}
        self._send({**answer, "traceback": trace} if trace else answer)

    def _send(self, message: dict[str, Any]) -> None:
        with self._write_lock:
            self._write(json.dumps(message, default=str) + "\n")
