"""What rules say of many models alike (`Rule.once`) is told in the first of them, by the order of their paths."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.project.context import Node, ProjectContext
    from glue_compiler.text.source import SourceText

_KEY = re.compile(r"`(\w+)`")


def told_here(
    found: Iterable[Diagnostic],
    source: SourceText,
    path: str | None,
    project: ProjectContext | None,
) -> tuple[Diagnostic, ...]:
    """The findings of a model without those about a config that a model before it has, too, in its own file.

    The other models are those of the project on disk.
    """
    if project is None or path is None:
        return tuple(found)
    return tuple([item for item in found if not _is_told_before(item, source, path, project)])


def _is_told_before(
    item: Diagnostic, source: SourceText, path: str, project: ProjectContext
) -> bool:
    from glue_compiler.rules import rule

    key = _KEY.match(item.message)
    if item.severity.value == "error" or not rule(item.code).once or key is None:
        return False
    written = source.text[slice(*item.span)]
    earlier = _before(path, key[1], project)
    if written == key[1]:
        return any(True for _ in earlier)
    try:
        value = ast.literal_eval(written)
    except (ValueError, SyntaxError):
        return False
    return any(node.config[key[1]] == value for node in earlier)


def _before(path: str, key: str, project: ProjectContext) -> Iterator[Node]:
    """The Python models of the project with a path before this one whose file has the config."""
    for node in project.nodes:
        if node.language == "python" and node.package == project.name and node.path < path:
            own = key in node.config and key not in node.folder_config
            if own and key not in node.yaml_config:
                yield node
