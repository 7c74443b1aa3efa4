"""Cached frames: how often their names are read afterwards, and whether they are released."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import CacheUse
from glue_compiler.flow.core.usage import root_name

if TYPE_CHECKING:
    from glue_compiler.facts.frames import MemberUse
    from glue_compiler.facts.worlds import World
    from glue_compiler.flow.core.record import Recorder
    from glue_compiler.names.scopes import Scopes

_CACHES = frozenset({"cache", "persist"})


def cache_uses(scopes: Scopes, recorder: Recorder) -> None:
    """Add a fact for every `cache` or `persist` that the interpreter saw on a Spark frame."""
    if not any(part.attribute_names & _CACHES for part in scopes.parts):
        return
    cached: list[tuple[MemberUse, list[World]]] = [
        (fact, worlds)
        for fact, worlds in recorder.of("members")
        if fact.member in _CACHES and fact.kind == "spark"
    ]
    if not cached:
        return
    spans = scopes.tree.spans
    calls = {spans[call]: (call, scope) for part in scopes.parts for call, scope in part.calls}
    for fact, worlds in cached:
        if fact.call is None or fact.frame is None or fact.call not in calls:
            continue
        call, scope = calls[fact.call]
        name = _cached_name(scopes, call)
        uses: int | None = None
        released = False
        if name is not None:
            home = scope.home(name)
            uses = 0
            for read in chain.from_iterable(part.reads for part in scopes.parts):
                if read.node.value != name or read.scope.home(name) is not home:
                    continue
                if scopes.tree.spans[read.node].start < fact.call.end:
                    continue
                parent = scopes.parents.get(read.node)
                if type(parent) is cst.Attribute and parent.attr.value == "unpersist":
                    released = True
                else:
                    uses += 1
            if fact.in_loop:
                uses = None
        use = CacheUse(
            span=fact.call,
            method=fact.member,
            frame=fact.frame,
            worlds=(),
            name=name,
            released=released,
            uses=uses,
        )
        for recorder.world in worlds:
            recorder.add("caches", use)


def _cached_name(scopes: Scopes, call: cst.Call) -> str | None:
    """The name that holds the cached frame: assigned from it, or the one that is cached in place."""
    parent = scopes.parents.get(call)
    if type(parent) is cst.Assign and len(parent.targets) == 1:
        target = parent.targets[0].target
        return target.value if type(target) is cst.Name else None
    if type(parent) is cst.Expr and type(call.func) is cst.Attribute:
        receiver = call.func.value
        return receiver.value if type(receiver) is cst.Name else None
    statement = scopes.statement_of(call)
    if type(statement) is cst.Expr and root_name(call) is not None:
        root = root_name(call)
        return root.value if root is not None and _span_is_root(call) else None
    return None


def _span_is_root(call: cst.Call) -> bool:
    return type(call.func) is cst.Attribute and type(call.func.value) is cst.Name
