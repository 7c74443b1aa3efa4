"""What the passes over the scopes of a model find together: what is reached, falls through, is read unbound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.names.targets import surely_iterates
from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from glue_compiler.facts.model import Function
    from glue_compiler.facts.worlds import World
    from glue_compiler.names.assigned_state import Degree, Why
    from glue_compiler.names.scopes import Scope, Scopes
    from glue_compiler.names.worlds import Worlds


_BRANCHING = frozenset({cst.NamedExpr, cst.Lambda, cst.BooleanOperation, cst.IfExp})
_NESTED = frozenset({cst.FunctionDef, cst.ClassDef})


def is_filled(scope: Scope, name: str) -> bool:
    """Whether all that a name is ever given is one literal collection that has an item."""
    inner: Scope | None = scope
    while inner is not None:
        sites = inner.sites.get(name)
        if sites:
            value = sites[0].value
            given = len(sites) == 1 and sites[0].how == "assign" and sites[0].index is None
            return (
                given
                and isinstance(value, cst.BaseExpression)
                and surely_iterates(value, lambda _: False)
            )
        inner = inner.parent
    return False


class PlainReads:
    """The names that an expression reads, where it evaluates all of its parts and binds nothing.

    `names` is None where that is not so. The expression is kept, so that its identity stays its own.
    """

    __slots__ = ("names", "node", "reads")

    def __init__(self, node: cst.CSTNode, scopes: Mapping[cst.CSTNode, object]) -> None:
        self.node = node
        self.reads: list[cst.Name] = []
        self.names: frozenset[str] | None = None
        stack = [node]
        while stack:
            current: Any = stack.pop()
            cls = current.__class__
            if cls is cst.Name:
                self.reads.append(current)
            elif cls is cst.Attribute or cls is cst.Arg:
                stack.append(current.value)
            elif cls in _BRANCHING or current in scopes:
                return
            elif cls not in _NESTED:
                stack += reversed(children(current))
        self.names = frozenset([read.value for read in self.reads])


class ScopeNames:
    """What one pass over a scope in one world finds.

    `reached` are the statements that can be reached, `falls_through` tells whether the end of the scope can
    be, `found` are the reads of names that may have no value. `tests` are those whose truth was asked for,
    `filled` the names that were asked for whether they hold something to loop over.
    """

    __slots__ = ("falls_through", "filled", "found", "reached", "scope", "tests", "version")

    def __init__(self, scope: Scope, version: object) -> None:
        self.scope = scope
        self.version = version
        self.reached: set[cst.CSTNode] = set()
        self.falls_through = False
        self.found: dict[cst.CSTNode, tuple[Degree, Why]] = {}
        self.tests: list[tuple[cst.CSTNode, bool | None]] = []
        self.filled: list[tuple[str, bool]] = []


class NameRecord:
    """What all passes go by: the scopes, the worth of tests, and the plain expressions met so far."""

    def __init__(self, scopes: Scopes, worlds: Worlds, plain_reads: dict[int, PlainReads]) -> None:
        self.scopes = scopes
        self.worlds = worlds
        self.plain_reads = plain_reads


class NameMemory:
    """What is remembered from one version of a text to the next.

    `versions` are objects that stand for the bodies of functions as they are, for those that can change.
    """

    def __init__(self) -> None:
        self.plain_reads: dict[int, PlainReads] = {}
        self.scopes: dict[tuple[cst.CSTNode, World], ScopeNames] = {}
        self.versions: Mapping[cst.CSTNode, object] = {}
        self._functions: dict[cst.CSTNode, tuple[object, Function]] = {}

    def functions_of(
        self, nodes: Iterable[cst.FunctionDef], make: Callable[[cst.FunctionDef], Function]
    ) -> tuple[Function, ...]:
        """The facts of functions, made for those only that are new or have another body."""
        known, self._functions = self._functions, {}
        for node in nodes:
            version = self.versions.get(node)
            found = known.get(node)
            if found is None or found[0] is not version:
                found = version, make(node)
            self._functions[node] = found
        return tuple([function for _, function in self._functions.values()])

    def known(
        self, node: cst.CSTNode, scope: Scope, world: World, worlds: Worlds
    ) -> ScopeNames | None:
        """What was found in a scope, if it would be found again."""
        found = self.scopes.get((node, world))
        if found is None or found.scope is not scope or type(node) is cst.Module:
            return None
        if found.version is not self.versions.get(node):
            return None
        if any(worlds.truth(test, scope, world) is not truth for test, truth in found.tests):
            return None
        if any(is_filled(scope, name) is not answer for name, answer in found.filled):
            return None
        return found

    def forget(self, nodes: Iterable[cst.CSTNode]) -> None:
        """Some nodes are gone."""
        for node in nodes:
            self.plain_reads.pop(id(node), None)
