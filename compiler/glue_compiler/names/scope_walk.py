"""A walk over a tree that binds and reads names in the scope at hand; what each form does is given to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.names.scopes import Read, Scope, ScopeKind, ScopePart, Site
from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class ScopeWalk:
    """Goes through a tree with the scope, statement and evaluation at hand.

    `handlers` say what is done with the forms that bind, read or open scopes; the parts of all others
    are visited in their order.
    """

    def __init__(
        self,
        scopes: ScopePart,
        handlers: Mapping[type, Callable[[Any, Any], None]],
        scope: Scope,
    ) -> None:
        self.scopes = scopes
        self.parents = scopes.parents
        self.scope = scope
        self.statement: cst.CSTNode = scope.owner
        self.evaluated = True
        self._handler_of = handlers.get

    def descend(self, node: cst.CSTNode) -> None:
        """Visit the parts of a node, in order."""
        for child in children(node):
            self.visit(child, node)

    def visit(self, node: cst.CSTNode, parent: cst.CSTNode) -> None:
        """Note the parent of a node and do what its form asks for."""
        self.parents[node] = parent
        handler = self._handler_of(node.__class__)
        if handler is not None:
            handler(self, node)
        else:
            self.descend(node)

    def bind(
        self,
        name: str,
        how: str,
        node: cst.CSTNode,
        value: cst.CSTNode | None = None,
        index: int | None = None,
    ) -> None:
        """Note a place that binds a name, in the scope in which the language stores it."""
        scope = self.scope
        if how == "walrus":
            while scope.kind == "comprehension" and scope.parent is not None:
                scope = scope.parent
        scope = scope.storing(name)
        scope.sites.setdefault(name, []).append(Site(how, node, self.statement, value, index))

    def target(
        self,
        node: cst.CSTNode,
        parent: cst.CSTNode,
        how: str,
        value: cst.CSTNode | None,
        index: int | None = None,
    ) -> None:
        """Bind the names of an assignment target and read what it evaluates."""
        self.parents[node] = parent
        if type(node) is cst.Name:
            self.bind(node.value, how, node, value, index)
        elif isinstance(node, (cst.Tuple, cst.List)):
            for position, element in enumerate(node.elements):
                self.parents[element] = node
                self.target(element.value, element, how, value, position)
        elif type(node) is cst.StarredElement:
            self.target(node.value, node, how, value, -1)
        else:
            self.visit(node, parent)

    def annotation(self, node: cst.CSTNode | None, parent: cst.CSTNode, evaluated: bool) -> None:
        """Visit an annotation; `evaluated` tells whether Python would compute it here."""
        if node is None:
            return
        before = self.evaluated
        self.evaluated = before and evaluated and not self.scopes.lazy_annotations
        self.visit(node, parent)
        self.evaluated = before

    def open_scope(self, kind: ScopeKind, node: cst.CSTNode, name: str) -> Scope:
        """A new scope in the one at hand, which stays at hand."""
        outer = self.scope
        prefix = ""
        if outer.name and outer.kind != "comprehension":
            prefix = (
                f"{outer.name}.<locals>."
                if outer.kind in ("function", "lambda")
                else f"{outer.name}."
            )
        scope = Scope(kind, node, outer, prefix + name if kind != "comprehension" else outer.name)
        self.scopes.of[node] = scope
        return scope

    def within(self, scope: Scope, work: Callable[[], None]) -> None:
        """Do some work with another scope at hand."""
        before = self.scope
        self.scope = scope
        work()
        self.scope = before

    def read(self, node: cst.Name) -> None:
        """Note that a name is read in the scope at hand."""
        self.scopes.reads.append(Read(node, self.scope, self.evaluated))
        self.scopes.scope_of[node] = self.scope
