"""Tells the client how far the check of a project is, where it wants to know and there is something to tell."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from types import TracebackType

    from glue_compiler.project.surroundings import Surroundings

    from glue_lsp.client.outlet import Outlet

_FEW = 10
"""A check of so few files is over before anybody could read of it."""


class CheckProgress:
    """The progress of one check, from its first file to its last."""

    def __init__(
        self,
        outlet: Outlet,
        surroundings: Surroundings,
        token: types.ProgressToken | None,
        *,
        allowed: bool,
    ) -> None:
        """`token` is the client's; without one, it is asked for leave to tell where this is `allowed`."""
        self._outlet = outlet
        self._token = token
        self._title = surroundings.project.name if surroundings.project is not None else "models"
        self._allowed = token is not None
        self._may_ask = allowed
        self._begun = False
        self._percent = -1

    async def __aenter__(self) -> CheckProgress:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._begun:
            self._send(types.WorkDoneProgressEnd())

    def tell(self, done: int, total: int) -> None:
        """Tell that so many files of so many are done."""
        if total <= _FEW or not self._may():
            return
        if not self._begun:
            self._begun = True
            title = f"Checking {self._title}"
            self._send(types.WorkDoneProgressBegin(title, message=f"{total} models", percentage=0))
        percent = 100 * done // total
        if percent >= self._percent + 5:
            self._percent = percent
            message = f"{done} of {total} models"
            self._send(types.WorkDoneProgressReport(message=message, percentage=percent))

    def _may(self) -> bool:
        if not self._allowed and self._may_ask:
            self._may_ask = False
            self._token = str(uuid.uuid4())
            self._outlet.start(self._ask(self._token))
        return self._allowed

    async def _ask(self, token: str) -> None:
        try:
            await self._outlet.window_work_done_progress_create_async(
                types.WorkDoneProgressCreateParams(token)
            )
        except JsonRpcException:
            return
        self._allowed = True

    def _send(
        self,
        value: types.WorkDoneProgressBegin
        | types.WorkDoneProgressReport
        | types.WorkDoneProgressEnd,
    ) -> None:
        assert self._token is not None  # noqa: S101 - it was given or made before
        self._outlet.progress(types.ProgressParams(self._token, value))
