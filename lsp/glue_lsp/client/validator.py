"""Validation in a session, as the editor has it: trust, jobs with progress, what was found, and what the session is doing."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcRequestCancelled

from glue_lsp.wire.diagnostics import to_diagnostic
from glue_lsp.work.child import (
    ValidationCancelled,
    ValidationFailed,
    ValidationProcess,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.text.source import SourceText

    from glue_lsp.server import GlueServer
    from glue_lsp.session.snapshot import View

SPARK = "spark"
"""The source of diagnostics that are Spark's own words."""
PAGE = "https://dbt-glue-python.readthedocs.io/en/latest/validation/"
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


@dataclass(frozen=True)
class Found:
    """What a validation found in a text."""

    source: SourceText
    diagnostics: tuple[Diagnostic, ...]
    mark: str


class Validator:
    """Runs validations for one client and keeps what they found until the text changes there."""

    def __init__(self, server: GlueServer) -> None:
        self.trusted = False
        self._server = server
        self._process = ValidationProcess(self._session_changed)
        self._found: dict[str, Found] = {}
        self._jobs: dict[str, asyncio.Task[dict[str, Any]]] = {}
        self._running = 0
        self._failed = False
        self._session: dict[str, str] = {"state": "off", "detail": ""}

    # What was found

    def diagnostics_of(self, view: View) -> list[types.Diagnostic]:
        """The session's findings in a model, on the lines that have not changed since."""
        found = self._found.get(view.document.uri)
        if found is None:
            return []
        session = self._server.session
        shown = []
        for item in _moved(found, view.source):
            diagnostic = to_diagnostic(
                item,
                view.source,
                view.document.uri,
                view.surroundings.root,
                session.client,
                session.encoding,
            )
            if not item.code.startswith("GLU"):
                diagnostic.source = SPARK
            if diagnostic.code_description is not None:
                diagnostic.code_description = types.CodeDescription(PAGE)
            shown.append(diagnostic)
        return shown

    def mark(self, uri: str) -> str:
        """A word that is another one after each validation of a document; empty before the first."""
        found = self._found.get(uri)
        return "" if found is None else f".{found.mark}"

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self._found.pop(uri, None)

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

        session = self._server.session
        version = session.version_of(uri)
        view = await self._server.requests.run(uri, lambda: session.view(uri), version)
        if view is None or view.path is None or view.surroundings.root is None:
            raise JsonRpcInvalidParams("the document is no open Python model of a dbt project")
        source = view.source
        if view.broken:
            errors = view.facts.syntax_errors
            told = errors[0].message if errors else "it cannot be read"
            raise JsonRpcInvalidParams(f"the model is not Python at the moment: {told}")
        name = view.path.rpartition("/")[2]
        result = await self._job(
            f"Validating {name}",
            view.surroundings.root,
            {"op": "validate", "model": view.path, "source": source.text},
        )
        diagnostics = tuple(Diagnostic.from_dict(item) for item in result["diagnostics"])
        self._found[uri] = Found(source, diagnostics, uuid.uuid4().hex[:8])
        self._schemas_changed(uri, view.surroundings.root)
        return _summary(result)

    async def refresh_schemas(self, uri: str | None) -> dict[str, Any]:
        """Reads the real schemas of what a model reads, or of everything in the projects, from the Data Catalog."""
        self._check_trust()
        session = self._server.session
        await session.ready(uri)
        refreshed = 0
        if uri is None:
            wanted = [(root.path, None) for root in session.roots if root.path is not None]
        else:
            version = session.version_of(uri)
            view = await self._server.requests.run(uri, lambda: session.view(uri), version)
            if view is None or view.surroundings.root is None:
                raise JsonRpcInvalidParams("the document is no open Python model of a dbt project")
            wanted = [(view.surroundings.root, view.path)]  # type: ignore[list-item]
        for root, model in wanted:
            request = {"op": "schemas", "model": model}
            result = await self._job("Refreshing schemas", root, request)
            refreshed += len(result["schemas"])
            self._schemas_changed(uri, root)
        return {"refreshed": refreshed}

    async def session(self, op: str, uri: str | None = None) -> dict[str, Any]:
        """Starts, stops or restarts the session of a project: that of a document, else the first one."""
        self._check_trust()
        session = self._server.session
        await session.ready(uri)
        document = None if uri is None else session.documents.get(uri)
        root = None if document is None else session.root_of(document.path).path
        if root is None:
            root = next((item.path for item in session.roots if item.path is not None), None)
        if root is None:
            raise JsonRpcInvalidParams("there is no dbt project in the workspace")
        if op == "stop" and not self._process.running:
            return {"state": "off"}
        titles = {"start": "Starting", "stop": "Stopping", "restart": "Restarting"}
        await self._job(f"{titles[op]} the Glue session", root, {"op": op})
        return dict(self._session)

    def close(self) -> None:
        """End the process; it stops its sessions."""
        for job in self._jobs.values():
            job.cancel()
        self._process.close()

    def _check_trust(self) -> None:
        if not self.trusted:
            raise NotTrusted

    async def _job(self, title: str, root: Path, request: dict[str, Any]) -> dict[str, Any]:
        """The result of a job of the process, with progress that the user can cancel."""
        editor = self._server.session.editor_of(root)
        full = {"root": str(root), **request, "rows": editor.validation_rows}
        if editor.profiles_dir is not None:
            full["profilesDir"] = editor.profiles_dir
        if editor.target is not None:
            full["target"] = editor.target
        self._running += 1
        self._tell_status()
        token, report = await self._begin(title)
        work = asyncio.get_running_loop().create_task(self._process.ask(full, report))
        stopped = None if token is None else self._server.work_done_progress.tokens.get(token)
        if stopped is not None:
            loop = asyncio.get_running_loop()
            stopped.add_done_callback(lambda _: loop.call_soon_threadsafe(work.cancel))
        message = "failed"
        try:
            result = await work
            self._failed = False
            message = "done"
        except ValidationFailed as error:
            self._failed = True
            raise Failed(str(error)) from None
        except ValidationCancelled:
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

    async def _begin(self, title: str) -> tuple[str | None, Callable[[str], None]]:
        if not self._server.session.client.work_done_progress:
            return None, lambda _: None
        token = f"dbt-glue-{uuid.uuid4().hex[:12]}"
        progress = self._server.work_done_progress
        try:
            await progress.create_async(token)
        except JsonRpcException as error:
            self._server.log(f"the client shows no progress: {error}")
            return None, lambda _: None
        progress.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True))

        def report(message: str) -> None:
            progress.report(token, types.WorkDoneProgressReport(message=message, cancellable=True))

        return token, report

    def _end(self, token: str | None, message: str) -> None:
        if token is not None:
            progress = self._server.work_done_progress
            progress.end(token, types.WorkDoneProgressEnd(message=message))
            progress.tokens.pop(token, None)

    # What the client is told

    def _session_changed(self, _root: str, state: str, detail: dict[str, Any]) -> None:
        self._session = {"state": _STATES.get(state, state), "detail": _told(detail)}
        self._tell_status()

    def _tell_status(self) -> None:
        state = "validating" if self._running else "error" if self._failed else "ready"
        self._notify("dbtGlue/status", {"state": state, "session": dict(self._session)})

    def _schemas_changed(self, uri: str | None, root: Path) -> None:
        """The project reads the new schemas; the client asks for findings, hints and schemas again."""
        session = self._server.session
        for known in session.roots:
            if known.path == root:
                known.reload()
        self._server.publisher.refresh()
        uris = [uri] if uri is not None else list(session.documents.uris())
        for changed in uris:
            self._notify("dbtGlue/schemasChanged", {"uri": changed})

    def _notify(self, method: str, params: dict[str, Any]) -> None:
        with suppress(RuntimeError):  # the client is gone
            self._server.protocol.notify(method, params)


_STATES = {"stopped": "off"}


def _told(detail: dict[str, Any]) -> str:
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


def _summary(result: dict[str, Any]) -> dict[str, Any]:
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


def _moved(found: Found, source: SourceText) -> tuple[Diagnostic, ...]:
    """The findings where they are in the text as it is now; those on changed lines are dropped, and fixes with any change."""
    if found.source.hash == source.hash:
        return found.diagnostics
    from glue_compiler.text.shift import Shift

    shift = Shift(found.source, source)
    kept = []
    for item in found.diagnostics:
        span = shift.to_new(item.span)
        if span is not None:
            kept.append(replace(item, span=span, fixes=()))
    return tuple(kept)
