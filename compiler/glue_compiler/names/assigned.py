"""Which local names are bound where, in every scope and world; and what is reachable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.model import UnboundName
from glue_compiler.names.assigned_record import NameMemory, NameRecord, ScopeNames
from glue_compiler.names.assigned_scope import ScopeFlow
from glue_compiler.names.worlds import WORLDS
from glue_compiler.tree.syntax import STATEMENTS

if TYPE_CHECKING:
    from glue_compiler.facts.worlds import World
    from glue_compiler.names.assigned_state import Degree, Why
    from glue_compiler.names.scopes import Scope, Scopes
    from glue_compiler.names.worlds import Worlds


class NameFlow:
    """Which local names are bound where, in every scope and world; and what is reachable."""

    def __init__(
        self,
        scopes: Scopes,
        worlds: Worlds,
        two_worlds: bool,
        memory: NameMemory | None = None,
    ) -> None:
        self.scopes = scopes
        self.worlds = worlds
        memory = memory or NameMemory()
        record = NameRecord(scopes, worlds, memory.plain_reads)
        found: dict[tuple[cst.CSTNode, World], ScopeNames] = {}
        for world in WORLDS if two_worlds else WORLDS[:1]:
            for node, scope in scopes.of.items():
                if isinstance(node, (cst.Module, cst.FunctionDef, cst.ClassDef)):
                    known = memory.known(node, scope, world, worlds)
                    if known is None:
                        known = ScopeNames(scope, memory.versions.get(node))
                        ScopeFlow(record, scope, world, known).run(node)
                    found[node, world] = known
        memory.scopes = found
        self._found: dict[World, list[ScopeNames]] = {}
        for world in WORLDS:
            of = world if two_worlds else WORLDS[0]
            self._found[world] = [item for (_, where), item in found.items() if where == of]
        self.reached: dict[World, set[cst.CSTNode]] = {
            world: set().union(*(item.reached for item in items))
            for world, items in self._found.items()
        }

    def falls_through(self, node: cst.CSTNode) -> tuple[World, ...]:
        """The worlds in which the end of a function can be reached."""
        scope = self.scopes.of[node]
        return tuple(
            [
                world
                for world, items in self._found.items()
                if any(item.scope is scope and item.falls_through for item in items)
            ]
        )

    def worlds_of(self, node: cst.CSTNode) -> tuple[World, ...]:
        """The worlds in which a node can be reached."""
        left = list(WORLDS)
        current: cst.CSTNode | None = node
        below: cst.CSTNode = node
        while current is not None and left:
            if current.__class__ in STATEMENTS:
                left = [world for world in left if current in self.reached[world]]
            elif type(current) is cst.IfExp and below is not current.test:
                scope = self.scope_around(current)
                wanted = below is current.body
                left = [
                    w for w in left if self.worlds.truth(current.test, scope, w) is not (not wanted)
                ]
            elif type(current) is cst.BooleanOperation and below is current.right:
                scope = self.scope_around(current)
                stops = type(current.operator) is cst.Or
                left = [w for w in left if self.worlds.truth(current.left, scope, w) is not stops]
            below, current = current, self.scopes.parents.get(current)
        return tuple(left)

    def scope_around(self, node: cst.CSTNode) -> Scope:
        """The function or module scope around a node."""
        current: cst.CSTNode | None = node
        while current is not None and current not in self.scopes.of:
            current = self.scopes.parents.get(current)
        return self.scopes.module if current is None else self.scopes.of[current]

    def unbound_names(self) -> tuple[UnboundName, ...]:
        """The reads of names that may not be bound, in the order of the text."""
        if self.scopes.dynamic_names:
            return ()
        spans = self.scopes.tree.spans
        reads: dict[cst.CSTNode, tuple[Scope, dict[World, tuple[Degree, Why]]]] = {}
        for world, items in self._found.items():
            for item in items:
                for node, degree in item.found.items():
                    reads.setdefault(node, (item.scope, {}))[1][world] = degree
        result = []
        for node, (scope, worlds) in reads.items():
            assert type(node) is cst.Name  # noqa: S101 - only reads of names are recorded
            function = scope.function
            ordered = tuple(world for world in WORLDS if world in worlds)
            degrees = {degree for degree, _ in worlds.values()}
            # Where no run can give it a value, the read fails whenever it is reached at all.
            if degrees == {"never"} and set(self.worlds_of(node)) <= set(worlds):
                degrees = {"always"}
            if len(degrees) > 1 and "always" in degrees:
                ordered = tuple(world for world in ordered if worlds[world][0] == "always")
            always = "always" in degrees
            result.append(
                UnboundName(
                    name=node.value,
                    span=spans[node],
                    function=None if function is None else function.name,
                    worlds=ordered,
                    always=always,
                    why=worlds[ordered[0]][1],
                    bound_at=tuple(
                        sorted(spans[s.node] for s in scope.sites[node.value] if s.node in spans)
                    ),
                )
            )
        return tuple(sorted(result, key=lambda item: (item.span, item.always)))
