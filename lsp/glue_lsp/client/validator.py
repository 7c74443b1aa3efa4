"""Validation in a session, as the editor has it: trust, jobs with progress, what was found, and what the session is doing."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcRequestCancelled

from glue_lsp.session.validations import Validation
from glue_lsp.work.child import Child, ChildCancelled, ChildFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from glue_lsp.client.outlet import Outlet
    from glue_lsp.client.publisher import Publisher
    from glue_lsp.session.requests import Requests
    from glue_lsp.session.session import Session
    from glue_lsp.session.snapshot import Snapshot

UNTRUSTED = (
    "This workspace is not trusted, so nothing of it is run. Trust the workspace in the editor "
    "(initializationOptions `trusted: true`, or the notification dbtGlue/trust) to validate models."
)


class NotTrusted(JsonRpcException):
    """Refused because the workspace is not trusted (LSP's code RequestFailed)."""

    CODE = -32803
    MESSAGE = UNTRUSTED


class Failed(JsonRpcException):
    """The job failed; the message says why (LSP's code RequestFailed)."""

    CODE = -32803
    MESSAGE = "the validation failed"


class Validator:
    """Runs validations for one client; what they found is the session's."""

    def __init__(
        self, outlet: Outlet, session: Session, requests: Requests, publisher: Publisher
    ) -> None:
        self.trusted = False
        self._outlet = outlet
        self._session = session
        self._requests = requests
        self._publisher = publisher
        self._child = Child(
            "dbt.adapters.glue.validation", "the process that validates models", self._hear
        )
        self._jobs: dict[str, asyncio.Task[dict[str, Any]]] = {}
        self._running = 0
        self._failed = False
        self._state: dict[str, str] = {"state": "off", "detail": ""}

    # Jobs

    async def validate(self, uri: str) -> dict[str, Any]:
        """Validates the text of an open model; a validation of it that still runs is given up.

        Raises JsonRpcException: not trusted, no model, failed, cancelled.
        """
        self._check_trust()
        before = self._jobs.get(uri)
        if before is not None:
            before.cancel()
        task = asyncio.get_running_loop().create_task(self._validate(uri))
        self._jobs[uri] = task
        try:
            return await task
        except asyncio.CancelledError:
            if task.cancelled() and self._jobs.get(uri) is not task:
                raise JsonRpcRequestCancelled("a newer validation took its place") from None
            task.cancel()
            raise
        finally:
            if self._jobs.get(uri) is task:
                del self._jobs[uri]

    async def _validate(self, uri: str) -> dict[str, Any]:
        from glue_compiler.findings.diagnostics import Diagnostic

        snapshot = await self._snapshot(uri)
        if snapshot is None or snapshot.path is None or snapshot.root is None:
            raise JsonRpcInvalidParams("the document is no open Python model of a dbt project")
        source = snapshot.source
        if snapshot.broken:
            errors = snapshot.facts.syntax_errors
            told = errors[0].message if errors else "it cannot be read"
            raise JsonRpcInvalidParams(f"the model is not Python at the moment: {told}")
        name = snapshot.path.rpartition("/")[2]
        request = {"op": "validate", "model": snapshot.path, "source": source.text}
        result = await self._job(f"Validating {name}", snapshot.root, request)
        diagnostics = tuple(Diagnostic.from_dict(item) for item in result["diagnostics"])
        self._session.validations[uri] = Validation(source, diagnostics)
        self._show_new_schemas(uri, snapshot.root)
        return summary_of(result)

    async def refresh_schemas(self, uri: str | None) -> dict[str, Any]:
        """Reads the real schemas of what a model reads, or of everything in the projects, from the Data Catalog."""
        self._check_trust()
        session = self._session
        await session.ready(uri)
        refreshed = 0
        wanted: list[tuple[Path, str | None]]
        if uri is None:
            wanted = [(root.path, None) for root in session.roots if root.path is not None]
        else:
            snapshot = await self._snapshot(uri)
            if snapshot is None or snapshot.root is None:
                raise JsonRpcInvalidParams("the document is no open Python model of a dbt project")
            wanted = [(snapshot.root, snapshot.path)]
        for root, model in wanted:
            request = {"op": "schemas", "model": model}
            result = await self._job("Refreshing schemas", root, request)
            refreshed += len(result["schemas"])
            self._show_new_schemas(uri, root)
        return {"refreshed": refreshed}

    async def session(self, op: str, uri: str | None = None) -> dict[str, Any]:
        """Starts, stops or restarts the session of a project: that of a document, else the first one."""
        self._check_trust()
        session = self._session
        await session.ready(uri)
        document = None if uri is None else session.documents.get(uri)
        root = None if document is None else session.root_of(document.path).path
        if root is None:
            root = next((item.path for item in session.roots if item.path is not None), None)
        if root is None:
            raise JsonRpcInvalidParams("there is no dbt project in the workspace")
        if op == "stop" and not self._child.running:
            return {"state": "off"}
        titles = {"start": "Starting", "stop": "Stopping", "restart": "Restarting"}
        await self._job(f"{titles[op]} the Glue session", root, {"op": op})
        return dict(self._state)

    def close(self) -> None:
        """End the process; it stops its sessions."""
        for job in self._jobs.values():
            job.cancel()
        self._child.close()

    async def settled(self) -> None:
        """Wait until no process is being started."""
        await self._child.settled()

    async def _snapshot(self, uri: str) -> Snapshot | None:
        session = self._session
        version = session.version_of(uri)
        return await self._requests.run(uri, lambda: session.snapshot(uri), version)

    def _check_trust(self) -> None:
        if not self.trusted:
            raise NotTrusted

    async def _job(self, title: str, root: Path, request: dict[str, Any]) -> dict[str, Any]:
        """The result of a job of the process, with progress that the user can cancel."""
        editor = self._session.editor_of(root)
        full = {"root": str(root), **request, "rows": editor.validation_rows}
        if editor.profiles_dir is not None:
            full["profilesDir"] = editor.profiles_dir
        if editor.target is not None:
            full["target"] = editor.target
        if editor.check:
            full["settings"] = dict(editor.check)
        self._running += 1
        self._tell_status()
        token, report = await self._begin(title)
        work = asyncio.get_running_loop().create_task(self._child.ask(full, report))
        stopped = None if token is None else self._outlet.work_done_progress.tokens.get(token)
        if stopped is not None:
            loop = asyncio.get_running_loop()
            stopped.add_done_callback(lambda _: loop.call_soon_threadsafe(work.cancel))
        message = "failed"
        try:
            result: dict[str, Any] = await work
            self._failed = False
            message = "done"
        except ChildFailed as error:
            self._failed = True
            raise Failed(str(error)) from None
        except ChildCancelled:
            message = "cancelled"
            raise JsonRpcRequestCancelled("cancelled") from None
        except asyncio.CancelledError:
            message = "cancelled"
            if stopped is not None and stopped.cancelled():
                raise JsonRpcRequestCancelled("cancelled") from None
            work.cancel()
            raise
        finally:
            self._running -= 1
            self._end(token, message)
            self._tell_status()
        return result

    async def _begin(self, title: str) -> tuple[str | None, Callable[[dict[str, Any]], None]]:
        """The token of a new progress, and who passes the job's own progress on to it."""
        if not self._session.client.work_done_progress:
            return None, lambda _: None
        token = f"dbt-glue-{uuid.uuid4().hex[:12]}"
        progress = self._outlet.work_done_progress
        try:
            await progress.create_async(token)
        except JsonRpcException as error:
            self._outlet.log(f"the client shows no progress: {error}")
            return None, lambda _: None
        progress.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True))

        def report(event: dict[str, Any]) -> None:
            message = event["message"]
            progress.report(token, types.WorkDoneProgressReport(message=message, cancellable=True))

        return token, report

    def _end(self, token: str | None, message: str) -> None:
        if token is not None:
            progress = self._outlet.work_done_progress
            progress.end(token, types.WorkDoneProgressEnd(message=message))
            progress.tokens.pop(token, None)

    # What the client is told

    def _hear(self, event: dict[str, Any]) -> None:
        """What becomes of the sessions."""
        state = event["state"]
        self._state = {"state": _STATES.get(state, state), "detail": session_line(event["detail"])}
        self._tell_status()

    def _tell_status(self) -> None:
        state = "validating" if self._running else "error" if self._failed else "ready"
        self._outlet.notify("dbtGlue/status", {"state": state, "session": dict(self._state)})

    def _show_new_schemas(self, uri: str | None, root: Path) -> None:
        """The project reads the new schemas; the client asks for findings, hints and schemas again."""
        session = self._session
        for known in session.roots:
            if known.path == root:
                known.reload()
        self._publisher.refresh()
        uris = [uri] if uri is not None else list(session.documents.uris())
        for changed in uris:
            self._outlet.notify("dbtGlue/schemasChanged", {"uri": changed})


_STATES = {"stopped": "off"}


def session_line(detail: dict[str, Any]) -> str:
    """The details of a session in a line: where it is, what it is made of, what it costs."""
    parts = []
    if detail.get("endpoint") == "local":
        parts.append("local endpoint")
    elif "endpoint" in detail:
        parts.append(
            f"AWS {detail['region']}" if detail["endpoint"] == "aws" else detail["endpoint"]
        )
    if detail.get("glueVersion"):
        parts.append(f"Glue {detail['glueVersion']}")
    if detail.get("workers"):
        parts.append(f"{detail['workers']} x {detail['workerType']}")
    parts += [str(detail[key]) for key in ("cost", "id", "message") if detail.get(key)]
    return ", ".join(parts)


def summary_of(result: dict[str, Any]) -> dict[str, Any]:
    """What the command answers: enough for a client to say how it went."""
    return {
        key: result[key]
        for key in (
            "ok",
            "kind",
            "columns",
            "sampleRows",
            "isIncremental",
            "seconds",
            "engine",
            "output",
        )
    } | {"problems": len(result["diagnostics"])}
