"""What is remembered of the flow from one version of a text to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.flow.core.record import Book
from glue_compiler.incremental.memos import LiveEnv
from glue_compiler.names.worlds import WORLDS
from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.state import Env
    from glue_compiler.incremental.memos import Memo
    from glue_compiler.names.scopes import Scope

_FEWEST_FACTS = 2_000


@dataclass(slots=True)
class LastRun:
    """The last run in a world: the statements of the module and of the model, and what is remembered of them.

    `bound` are the names that were bound in either, `versions` what stood for the bodies of functions.
    """

    memos: dict[cst.CSTNode, Memo] = field(default_factory=dict)
    blocks: list[Sequence[cst.CSTNode]] = field(default_factory=list)
    bound: list[frozenset[str]] = field(default_factory=list)
    versions: Mapping[cst.CSTNode, object] = field(default_factory=dict)
    tests: dict[cst.CSTNode, tuple[Scope, bool | None]] = field(default_factory=dict)


class FlowMemory:
    """What is remembered of the flow through the versions of a text.

    `versions` are objects that stand for the bodies of functions as they are, `replaced` the statements of
    the version before in whose places others are now.
    """

    def __init__(self) -> None:
        self.last: dict[World, LastRun] = {world: LastRun() for world in WORLDS}
        self.versions: Mapping[cst.CSTNode, object] = {}
        self.replaced: Mapping[cst.CSTNode, cst.CSTNode] = {}
        self.book = Book()
        self._most_facts = _FEWEST_FACTS
        self._environments: dict[tuple[World, Scope, Env | None], LiveEnv] = {}
        self._known_environments = self._environments
        self._mentioned: dict[cst.CSTNode, tuple[object, tuple[str, ...]]] = {}

    def begin(
        self,
        versions: Mapping[cst.CSTNode, object],
        replaced: Mapping[cst.CSTNode, cst.CSTNode],
    ) -> None:
        """Another version is analysed."""
        self.versions, self.replaced = versions, replaced
        self._known_environments, self._environments = self._environments, {}

    def environment(self, scope: Scope, parent: Env | None, world: World) -> LiveEnv:
        """The environment of the module or the model, the same one in every version."""
        key = (world, scope, parent)
        found = self._environments[key] = self._known_environments.get(key) or LiveEnv(
            scope, parent
        )
        return found

    def mentioned(self, node: cst.CSTNode) -> tuple[str, ...]:
        """All names below a node that may be read as variables."""
        version = self.versions.get(node)
        known = self._mentioned.get(node)
        if known is None or known[0] is not version:
            known = self._mentioned[node] = version, _names_in(node)
        return known[1]

    def close(self) -> None:
        """Take apart environments and the functions that see them, which hold each other."""
        for env in (*self._environments.values(), *self._known_environments.values()):
            env.values.clear()
        self.last = {}

    def tidy(self) -> None:
        """Forget what only versions long ago knew."""
        if len(self.book) <= self._most_facts:
            return
        memos = [memo for last in self.last.values() for memo in last.memos.values()]
        self.book.keep(noted for memo in memos for noted in memo.noted)
        self._most_facts = max(_FEWEST_FACTS, 2 * len(self.book))
        self._mentioned.clear()


def _names_in(node: cst.CSTNode) -> tuple[str, ...]:
    names: dict[str, None] = {}
    stack: list[Any] = [node]
    while stack:
        current: Any = stack.pop()
        cls = current.__class__
        if cls is cst.Name:
            names[current.value] = None
        elif cls is cst.Attribute or cls is cst.Arg:
            stack.append(current.value)
        else:
            stack += children(current)
    return tuple(names)
