"""Searches the files of a project for the names of models and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.navigation import Target
    from glue_compiler.source import SourceText, Span

    from glue_lsp.roots import Surroundings
    from glue_lsp.session import Session


@dataclass(frozen=True, slots=True)
class NamedAt:
    """A place where something is named: a file of the project, its text, and the span in it."""

    path: str
    source: SourceText
    span: Span


def named_in_project(
    session: Session, surroundings: Surroundings, target: Target
) -> Iterator[NamedAt]:
    """The places in the Python and SQL files of the project that name a model or a source table."""
    from glue_compiler import references

    project = surroundings.project
    if project is None:
        return
    name = target.names[1]
    pair = (target.names[0], target.names[1])
    opened = (
        surroundings.relative(document.path)
        for document in session.documents
        if document.path is not None and surroundings.is_model(document.path)
    )
    paths = [*(node.path for node in project.nodes), *(path for path in opened if path)]
    for path in dict.fromkeys(paths):
        if not path.endswith((".py", ".sql")):
            continue
        source = session.text_of(surroundings, path)
        if source is None or name not in source.text:
            continue
        if path.endswith(".sql"):
            spans = (
                references.refs_in_sql(source.text, name)
                if target.kind == "ref"
                else references.sources_in_sql(source.text, pair)
            )
        else:
            facts = session.analyses.facts(source, surroundings.settings.options)
            spans = (
                references.refs_in_python(facts, source, name)
                if target.kind == "ref"
                else references.sources_in_python(facts, source, pair)
            )
        for span in spans:
            yield NamedAt(path, source, span)
