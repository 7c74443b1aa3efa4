"""The order in which requests are answered: one at a time, once their project is read, and only while still wanted."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from pygls.exceptions import JsonRpcContentModified

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_lsp.session.session import Session

T = TypeVar("T")

ARRIVED: ContextVar[int | None] = ContextVar("version", default=None)
"""In a request: the version that its document had when the request came."""


class Requests:
    """The lane through which all work on documents goes.

    Between two requests the messages that came meanwhile are read, so that a cancelled request in
    the queue costs nothing.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lane = asyncio.Lock()

    async def run(self, uri: str | None, work: Callable[[], T], version: int | None) -> T:
        """The result of work on a document of a version, which sees its project.

        Raises:
            JsonRpcContentModified: when the document was edited before its turn came.
        """

        await self._session.ready(uri)
        async with self._lane:
            await asyncio.sleep(0)
            if self._session.version_of(uri) != version:
                raise JsonRpcContentModified("the text was edited meanwhile")
            return work()


def uri_in(params: Any) -> str | None:
    """The document that a request is about; None for those about none or all."""
    document = getattr(params, "text_document", None) or getattr(params, "textDocument", None)
    if document is not None:
        return str(document.uri)
    data = getattr(params, "data", None)
    return str(data["uri"]) if isinstance(data, dict) and "uri" in data else None
