"""The scopes of a text that is put together from pieces; what few ask for is put together when they do."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from glue_compiler.names.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import libcst as cst

    from glue_compiler.incremental.tree import LiveTree
    from glue_compiler.names.scopes import Read, Scope, ScopePart


class LiveScopes(Scopes):
    """All scopes of a version; `parents` and `scope_of` are those of all of its nodes."""

    def __init__(
        self,
        tree: LiveTree,
        module: Scope,
        parts: Sequence[ScopePart],
        parents: dict[cst.CSTNode, cst.CSTNode],
        scope_of: dict[cst.CSTNode, Scope],
    ) -> None:
        super().__init__(tree, module)
        self.parts = list(parts)
        self.parents = parents
        self.scope_of = scope_of
        del self.reads, self.calls, self.attributes
        for part in parts:
            self.of.update(part.of)
            self.functions += part.functions
            self.imports += part.imports
            for scope, count in part.returns.items():
                self.returns[scope] = self.returns.get(scope, 0) + count
            self.generators |= part.generators
            self.star_import = self.star_import or part.star_import
            self.lazy_annotations = self.lazy_annotations or part.lazy_annotations
            self.dynamic_names = self.dynamic_names or part.dynamic_names

    @cached_property
    def reads(self) -> list[Read]:  # type: ignore[override]
        """All reads of names."""
        return list(chain.from_iterable(part.reads for part in self.parts))

    @cached_property
    def calls(self) -> list[tuple[cst.Call, Scope]]:  # type: ignore[override]
        """All calls."""
        return list(chain.from_iterable(part.calls for part in self.parts))

    @cached_property
    def attributes(self) -> list[tuple[cst.Attribute, Scope]]:  # type: ignore[override]
        """All attributes."""
        return list(chain.from_iterable(part.attributes for part in self.parts))
