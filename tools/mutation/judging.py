"""What the check says of a text, in a project that knows the columns of all inputs; and whether it says it in the right place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Workspace

from tests.data.shop import tables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SERIOUS = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True)
class Said:
    """A finding: its code, severity, lines from 1, and message."""

    code: str
    severity: str
    first: int
    last: int
    message: str

    def touches(self, lines: Iterable[int]) -> bool:
        """Whether one of the lines is the finding's, or within two lines of a statement that goes over several."""
        return any(self.first <= line <= self.last for line in lines)


class Judge:
    """The check of the project in a folder."""

    def __init__(self, folder: Path) -> None:
        tables.project(folder)
        self._workspace = Workspace.open(folder, cache=False)

    def said(self, text: str) -> list[Said]:
        """The errors and warnings on a model's text."""
        source = SourceText(text)
        found = []
        for one in self._workspace.findings("models/m.py", source):
            if one.severity in SERIOUS:
                first, last = source.line_of(one.span.start), source.line_of(one.span.end)
                found.append(Said(one.code, str(one.severity), first, last, one.message))
        return found


def statement_lines(text: str, lines: Iterable[int]) -> set[int]:
    """The lines of the statements that have one of these lines; of a compound one its own part, not its body."""
    import ast

    wanted = set(lines)
    found = set(wanted)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else (node.end_lineno or node.lineno)
            own = set(range(node.lineno, max(last, node.lineno) + 1))
            if own & wanted:
                found |= own
    return found


def return_lines(text: str) -> set[int]:
    """The lines of the statements by which the model hands over its result."""
    import ast

    return {
        line
        for function in ast.walk(ast.parse(text))
        if isinstance(function, ast.FunctionDef) and function.name == "model"
        for node in ast.walk(function)
        if isinstance(node, ast.Return)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
