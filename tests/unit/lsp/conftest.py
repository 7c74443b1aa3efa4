"""A server without a wire: its handlers are called as pygls would, on a project in a folder of the test."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from glue_lsp.methods import did_change, did_open
from glue_lsp.server import GlueServer
from glue_lsp.text.positions import to_position, to_range
from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from glue_compiler.text.source import PositionEncoding, Span

FILES = {
    "dbt_project.yml": "name: shop\nmodel-paths: [models]\nseed-paths: [seeds]\n",
    "models/orders.sql": "select 1 as id",
    "models/orders_by_day.sql": "select * from {{ ref('orders') }}",
    "models/customers.py": (
        "from pyspark.sql import functions as F\n\n\n"
        "def model(dbt, session):\n"
        "    orders = dbt.ref('orders')\n"
        "    return orders.select('customer_id', F.col('amount').alias('spent'))\n"
    ),
    "models/schema.yml": (
        "models:\n"
        "  - name: orders\n"
        "    description: One row per order\n"
        "    config: {contract: {enforced: true}}\n"
        "    columns:\n"
        "      - {name: order_id, data_type: bigint, description: The key}\n"
        "      - {name: customer_id, data_type: bigint}\n"
        "      - {name: amount, data_type: 'decimal(10,2)'}\n"
        "sources:\n"
        "  - name: raw\n"
        "    tables:\n"
        "      - name: events\n"
        "        columns: [{name: happened_at, data_type: timestamp}]\n"
    ),
    "seeds/countries.csv": "code,name\nde,Germany\n",
}


class Wire:
    """Collects what the server sends."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        pass


class Editor:
    """A client that sits in the same process."""

    def __init__(self, root: Path, encoding: PositionEncoding = "utf-16") -> None:
        self.root = root
        self.wire = Wire()
        self.server = GlueServer()
        self.server.protocol.set_writer(self.wire)
        self.server.session.encoding = encoding
        self.encoding = encoding
        self.uri = ""
        self.version = 0
        self.loop = asyncio.new_event_loop()

    def close(self) -> None:
        self.server.end()
        self.loop.run_until_complete(self._ended())
        self.loop.close()
        # Whatever reads a project has ended before the next test: CPython 3.11 builds no two trees at once.
        self.server.session.close(wait=True)

    async def _ended(self) -> None:
        """Cancel what the server still does, and wait until its processes have come to their end by themselves."""
        this = asyncio.current_task()
        while tasks := asyncio.all_tasks() - {this}:
            for task in tasks:
                name = task.get_coro().__qualname__  # type: ignore[union-attr]
                if not name.startswith(("_Process.", "BaseSubprocessTransport.")):
                    task.cancel()
            _, left = await asyncio.wait(tasks, timeout=60)
            assert not left, left

    def run(self, work: Callable[[], Any]) -> Any:
        """Call something on the server's loop, once the project has been read."""

        async def main() -> Any:
            document = self.server.session.documents.get(self.uri)
            path = None if document is None else document.path
            await self.server.session.root_of(path).ready()
            found = work()
            return await found if asyncio.iscoroutine(found) else found

        return self.loop.run_until_complete(main())

    def open(self, name: str, text: str) -> None:
        self.uri = (self.root / name).as_uri()
        self.version = 1
        item = types.TextDocumentItem(self.uri, "python", 1, text)

        async def main() -> None:
            did_open.handle(self.server, types.DidOpenTextDocumentParams(item))

        self.loop.run_until_complete(main())

    def change(self, *changes: types.TextDocumentContentChangeEvent) -> None:
        self.version += 1
        item = types.VersionedTextDocumentIdentifier(version=self.version, uri=self.uri)

        async def main() -> None:
            did_change.handle(self.server, types.DidChangeTextDocumentParams(item, list(changes)))

        self.loop.run_until_complete(main())

    def replace(self, span: Span, text: str) -> None:
        """Edit the document at a span, as an editor of this encoding tells it."""
        where = to_range(self.document.source, span, self.encoding)
        self.change(types.TextDocumentContentChangePartial(where, text))

    @property
    def document(self) -> Any:
        return self.server.session.documents.get(self.uri)

    @property
    def text(self) -> str:
        return str(self.document.source.text)

    @property
    def item(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    def position(self, offset: int) -> types.Position:
        return to_position(self.document.source, offset, self.encoding)

    def diagnostics(self) -> list[Any]:
        """The compiler's findings as the view has them."""

        def work() -> list[Any]:
            view = self.server.session.snapshot(self.uri)
            return [] if view is None else list(view.diagnostics)

        return list(self.run(work))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a small dbt project."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def editor(project: Path) -> Iterator[Editor]:
    """An editor on the project."""
    found = Editor(project)
    yield found
    found.close()
