"""A client that edits and asks at random, and compares findings with those of a fresh analysis."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

from glue_compiler.analysis import analyze
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Workspace
from glue_lsp.configuration import EditorSettings
from glue_lsp.roots import read_around

if TYPE_CHECKING:
    from pathlib import Path

    from glue_compiler.text.source import PositionEncoding, Span

    from tests.unit.lsp.wire import WireClient

MODEL = """from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")
    orders = dbt.ref("orders")
    late = orders.filter(F.col("amount") > 1)
    return late.select("order_id", F.col("amount").alias("spent"))
"""
PIECES = (
    *('"', "'", '"""', "(", ")", "[", "]", "{", "}", ".", ",", ":", "=", "#", "\\", "\n", "\r\n"),
    *("\r", "\f", "\u2028", "\x85", "\t", "    ", "é", "😀", "dbt", 'dbt.ref("orders")', "orders"),
    *(
        "select(",
        "return ",
        "def ",
        "if x:",
        "lambda: 0",
        "for ",
        'f"{',
        "\0",
        "order_id",
        "pass\n",
    ),
)
AT_POSITION = (
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/documentHighlight",
    "textDocument/signatureHelp",
    "textDocument/prepareRename",
)
OF_DOCUMENT = (
    "textDocument/documentLink",
    "textDocument/documentSymbol",
    "textDocument/codeLens",
    "textDocument/diagnostic",
    "dbtGlue/program",
    "dbtGlue/plan",
)
REFUSALS = {
    -32800: "cancelled",
    -32801: "the text was edited",
    -32602: "nothing to compile or rename",
}


class RandomSession:
    """One document of a server under random edits; the same seed gives the same session."""

    def __init__(self, client: WireClient, root: Path, seed: int) -> None:
        self.client = client
        self.random = random.Random(seed)
        self.encoding: PositionEncoding = client.capabilities["positionEncoding"]
        self.uri = (root / "models/report.py").as_uri()
        self.text = MODEL
        self.version = 1
        self.compared = 0
        self.surroundings = read_around(root, EditorSettings())
        client.open(self.uri, MODEL)

    def run(self, steps: int) -> None:
        """So many edits and requests."""
        open_requests: list[dict[str, Any]] = []
        for step in range(steps):
            if self.random.random() < 0.5:
                self.edit()
            else:
                message = self.request()
                self.client.write(message)
                open_requests.append(message)
                if self.random.random() < 0.1:
                    cancel = {"method": "$/cancelRequest", "params": {"id": message["id"]}}
                    self.client.write(cancel)
            if len(open_requests) > 8 or self.random.random() < 0.3:
                for message in open_requests:
                    self.take(message)
                open_requests.clear()
            if step % 10 == 9:
                self.compare()
        for message in open_requests:
            self.take(message)
        self.compare()

    def edit(self) -> None:
        """Replace a little of the text by a piece; all of it when it has grown too wild."""
        self.version += 1
        if len(self.text) > 1500 or self.random.random() < 0.1:
            self.text = MODEL
            changes: list[dict[str, Any]] = [{"text": MODEL}]
        else:
            start = _boundary(self.text, self.random.randint(0, len(self.text)))
            length = self.random.choice((0, 0, 1, 3, 12))
            end = _boundary(self.text, min(start + length, len(self.text)))
            piece = self.random.choice(PIECES)
            where = {"start": self.position(start), "end": self.position(end)}
            changes = [{"range": where, "text": piece}]
            self.text = self.text[:start] + piece + self.text[end:]
        document = {"uri": self.uri, "version": self.version}
        self.client.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": changes}
        )

    def request(self) -> dict[str, Any]:
        """A request of some kind, at a place of the text."""
        document = {"textDocument": {"uri": self.uri}}
        if self.random.random() < 0.3:
            return self.client.request(self.random.choice(OF_DOCUMENT), document)
        position = self.position(_boundary(self.text, self.random.randint(0, len(self.text))))
        kind = self.random.randrange(9)
        here = {**document, "position": position}
        if kind == 0:
            return self.client.request("textDocument/rename", {**here, "newName": "sales"})
        if kind == 1:
            context = {"includeDeclaration": True}
            return self.client.request("textDocument/references", {**here, "context": context})
        where = {"start": position, "end": position}
        if kind == 2:
            return self.client.request("textDocument/inlayHint", {**document, "range": where})
        if kind == 3:
            context = {"diagnostics": []}
            asked = {**document, "range": where, "context": context}
            return self.client.request("textDocument/codeAction", asked)
        return self.client.request(self.random.choice(AT_POSITION), here)

    def take(self, message: dict[str, Any]) -> None:
        """The answer is a result, or one of the refusals that the protocol foresees."""
        answer = self.client.answer(message["id"])
        assert "result" in answer or answer["error"]["code"] in REFUSALS, (answer, self.text)

    def compare(self) -> None:
        """The findings are those of a fresh analysis."""
        found = self.client.ask("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})
        source = SourceText(self.text)
        checked = Workspace(self.surroundings, facts_of=analyze).checked("models/report.py", source)
        fresh = [(item.code, self.range(item.span)) for item in checked.diagnostics]
        shown = [(item["code"], item["range"]) for item in found["items"]]
        if not checked.parsed:
            # Findings of the last whole text are shown beside those of the broken one.
            assert all(item in shown for item in fresh), self.text
        else:
            self.compared += 1
            assert shown == fresh, self.text

    def range(self, span: Span) -> dict[str, Any]:
        return {"start": self.position(span.start), "end": self.position(span.end)}

    def position(self, offset: int) -> dict[str, int]:
        line, character = SourceText(self.text).to_position(offset, self.encoding)
        return {"line": line, "character": character}


def _boundary(text: str, offset: int) -> int:
    """An offset that is not between the two characters of a line break, where no position is."""
    return offset + 1 if offset and re.match(r"\r\n", text[offset - 1 :]) else offset
