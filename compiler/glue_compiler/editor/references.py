"""Where a model or source is named: in Python models, in SQL and in YAML; and the edits that rename a model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.editor.navigation import targets_of
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import Node, ProjectContext
    from glue_compiler.text.source import SourceText

_REF = re.compile(
    r"\bref\s*\(\s*(?:(['\"])(?P<package>[^'\"]+)\1\s*,\s*)?(['\"])(?P<name>[^'\"]+)\3"
)
_SOURCE = re.compile(
    r"\bsource\s*\(\s*(['\"])(?P<source>[^'\"]+)\1\s*,\s*(['\"])(?P<name>[^'\"]+)\3"
)
NAME = re.compile(r"[A-Za-z_]\w*")
"""What a model may be called."""


@dataclass(frozen=True, slots=True)
class Named:
    """A model as refs name it. `bare`: a ref without a package means it."""

    name: str
    package: str
    bare: bool = True

    def means(self, name: str, package: str | None) -> bool:
        """Whether `ref(package, name)`, or `ref(name)` without a package, names it."""
        return name == self.name and (package == self.package if package else self.bare)


def named(project: ProjectContext, node: Node) -> Named:
    """How a model is named from within the project."""
    found = project.find_ref(node.name).node
    return Named(node.name, node.package, found is not None and found.package == node.package)


def refs_in_python(facts: ModelFacts, source: SourceText, wanted: Named) -> list[Span]:
    """Where a Python model names another model, without the quotes.

    A name that is not written in one piece (`"or" "ders"`) is no place that could be edited.
    """
    return [
        target.span
        for use in facts.uses("ref")
        for target in targets_of(use, source)
        if wanted.means(target.names[1], target.names[0] or None)
        and source.slice(target.span) == wanted.name
    ]


def refs_in_sql(text: str, wanted: Named) -> list[Span]:
    """Where SQL (or YAML, in tests, exposures and snapshots) names a model, without the quotes."""
    return [
        Span(*match.span("name"))
        for match in _REF.finditer(text)
        if wanted.means(match["name"], match["package"])
    ]


def unit_tests_in_yaml(text: str, name: str) -> list[Span]:
    """Where the unit tests of a YAML file say whose they are: `model: orders`."""
    found: list[Span] = []
    section = re.compile(r"^unit_tests\s*:.*\n(?P<body>(?:[ \t#-].*\n?|[ \t]*\n)*)", re.MULTILINE)
    entry = re.compile(
        rf"^[ \t-]*model[ \t]*:[ \t]*(['\"]?)(?P<name>{re.escape(name)})\1[ \t]*(?:#.*)?$", re.M
    )
    for part in section.finditer(text):
        matches = entry.finditer(text, part.start("body"), part.end("body"))
        found += [Span(*match.span("name")) for match in matches]
    return found


def sources_in_python(facts: ModelFacts, source: SourceText, pair: tuple[str, str]) -> list[Span]:
    """Where a Python model names a source table: the span of the table's name."""
    return [
        targets[-1].span
        for use in facts.uses("source")
        if (targets := targets_of(use, source)) and targets[-1].names == pair
    ]


def sources_in_sql(text: str, pair: tuple[str, str]) -> list[Span]:
    """Where SQL names a source table."""
    return [
        Span(*match.span("name"))
        for match in _SOURCE.finditer(text)
        if (match["source"], match["name"]) == pair
    ]


def name_in_yaml(text: SourceText, line: int, name: str) -> Span | None:
    """Where the entry of a model, which starts near a 1-based line, gives its name."""
    pattern = re.compile(rf"\bname\s*:\s*(['\"]?)(?P<name>{re.escape(name)})\1(?![\w-])")
    for candidate in (line, line + 1, line - 1, line + 2):
        if 1 <= candidate <= text.line_count:
            span = text.line_span(candidate)
            match = pattern.search(text.text, span.start, span.end)
            if match is not None:
                return Span(*match.span("name"))
    return None


def renamed_path(node: Node, new: str) -> str | None:
    """The path of a model's file under a new name; None when the file cannot give the name."""
    folder, slash, file = node.path.rpartition("/")
    stem, dot, suffix = file.rpartition(".")
    if node.kind == "snapshot" or node.version is not None or stem != node.name:
        return None
    return f"{folder}{slash}{new}{dot}{suffix}"
