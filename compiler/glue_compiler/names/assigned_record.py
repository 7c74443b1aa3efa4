"""What the passes over the scopes of a model find together: what is reached, falls through, is read unbound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.names.worlds import WORLDS

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.facts.worlds import World
    from glue_compiler.names.assigned_state import Degree, Why
    from glue_compiler.names.scopes import Scope, Scopes
    from glue_compiler.names.worlds import Worlds


class NameRecord:
    """The findings of all passes, by node and world.

    `reached` are the statements that can be reached, `fallthrough` the functions whose end can be,
    `found` the reads of names that may have no value, `homes` the scopes of those names.
    """

    def __init__(self, scopes: Scopes, worlds: Worlds) -> None:
        self.scopes = scopes
        self.worlds = worlds
        self.reached: dict[World, set[cst.CSTNode]] = {world: set() for world in WORLDS}
        self.fallthrough: dict[tuple[cst.CSTNode, World], bool] = {}
        self.found: dict[cst.CSTNode, dict[World, tuple[Degree, Why]]] = {}
        self.homes: dict[cst.CSTNode, Scope] = {}
