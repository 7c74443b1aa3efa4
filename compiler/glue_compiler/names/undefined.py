"""Names that are undefined, and names that some path of a world has not bound when they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.model import UndefinedName
from glue_compiler.names.scopes import is_builtin, visible_names
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from glue_compiler.names.scopes import Scopes


def undefined_names(scopes: Scopes, session_parameter: str | None) -> tuple[UndefinedName, ...]:
    """The reads of names that no scope binds; none where a star import may bind them."""
    if scopes.star_import or scopes.dynamic_names:
        return ()
    found = []
    reads = [
        read
        for part in scopes.parts
        # Most parts read nothing that neither they, nor the scope that they are in, nor Python binds.
        if (unknown := part.free_names.difference(scopes.module.sites, part.scope.sites))
        for read in part.reads
        if read.node.value in unknown
    ]
    for read in reads:
        name = read.node.value
        if read.scope.home(name) is not None or is_builtin(name, read.scope):
            continue
        if (
            not read.evaluated
            or _declared_global(name, scopes)
            or _name_error_caught(scopes, read.node)
        ):
            continue
        function = read.scope.function
        meant = closest(name, visible_names(read.scope))
        found.append(
            UndefinedName(
                name=name,
                span=scopes.tree.spans[read.node],
                function=None if function is None else function.name,
                similar=() if meant is None else (meant,),
                session_parameter=session_parameter
                if name in ("spark", "session", "spark_session")
                else None,
            )
        )
    return tuple(sorted(found, key=lambda item: item.span))


def _declared_global(name: str, scopes: Scopes) -> bool:
    """A `global name` with an assignment in some function binds it, if that function runs."""
    return any(
        scope.outer.get(name) == "global" and name in scope.sites for scope in scopes.of.values()
    )


def _name_error_caught(scopes: Scopes, node: cst.CSTNode) -> bool:
    below = node
    current = scopes.parents.get(node)
    while current is not None:
        if type(current) is cst.Try and below is current.body:
            for handler in current.handlers:
                if handler.type is None:
                    return True
                text = scopes.tree.text(handler.type)
                if "NameError" in text or "Exception" in text:
                    return True
        below, current = current, scopes.parents.get(current)
    return False
