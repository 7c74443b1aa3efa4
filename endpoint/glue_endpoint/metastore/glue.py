"""Glue's operations for the metastore's calls: one, or all pages of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.metastore.to_glue import Document

Call = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Runs one operation of Glue's by its name: members as JSON has them, times in seconds. Raises GlueError."""

BATCH = 100
"""Items of one BatchCreatePartition."""

PAGE = 1000
"""Partitions of one answer of GetPartitions, at most."""


class Glue:
    """The Data Catalog, as a client sees it."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def all(self, operation: str, request: Document, member: str) -> Iterator[Document]:
        """The items of an answer's member, page after page."""
        token = None
        while True:
            answer = self.call(
                operation, request if token is None else {**request, "NextToken": token}
            )
            yield from answer.get(member, ())
            token = answer.get("NextToken")
            if not token:
                return

    def table(self, database: str, name: str) -> Document:
        """A `Table`. Raises EntityNotFoundException."""
        found: Document = self.call("GetTable", {"DatabaseName": database, "Name": name})["Table"]
        return found
