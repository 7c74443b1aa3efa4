"""The facts of the Python models that a model reads, the texts of its SQL models, and which texts a result has rested on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.context import Node
    from glue_compiler.text.source import SourceText

    TextOf = Callable[[str], SourceText | None]

Used = tuple[tuple[str, str], ...]
"""Paths in the project with the hashes of their texts; an empty hash where there was no text."""


class UpstreamModels:
    """Gives the facts of models by their nodes, and remembers whose text was looked at.

    `text_of` gives the text of a path in the project, None when there is none; `facts_of` the
    facts of a text.
    """

    def __init__(self, text_of: TextOf, facts_of: Callable[[SourceText], ModelFacts]) -> None:
        self._text_of = text_of
        self._facts_of = facts_of
        self._used: dict[str, str] = {}

    def __call__(self, node: Node) -> ModelFacts | None:
        """The facts of the node's file."""
        source = self._source(node)
        return None if source is None else self._facts_of(source)

    def sql(self, node: Node) -> str | None:
        """The text of a SQL model, as it is written."""
        source = self._source(node)
        return None if source is None else source.text

    def _source(self, node: Node) -> SourceText | None:
        source = self._text_of(node.path)
        self._used[node.path] = "" if source is None else source.hash
        return source

    @property
    def used(self) -> Used:
        """The texts that were looked at."""
        return tuple(sorted(self._used.items()))


def still_holds(used: Iterable[tuple[str, str]], text_of: TextOf) -> bool:
    """Whether all texts that a result rests on are as they were."""
    return all(hash_of(text_of(path)) == known for path, known in used)


def hash_of(source: SourceText | None) -> str:
    """The hash of a text; empty for none."""
    return "" if source is None else source.hash
