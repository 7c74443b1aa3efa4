"""One pass over the statements of a scope in one world: which of its names are bound where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.names.assigned_reads import NameReads
from glue_compiler.names.assigned_record import is_filled
from glue_compiler.names.assigned_state import State, join
from glue_compiler.names.assigned_tests import constant
from glue_compiler.names.targets import annotations_of, defaults_of, pattern_names, surely_iterates
from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.worlds import World
    from glue_compiler.names.assigned_record import NameRecord, ScopeNames
    from glue_compiler.names.scopes import Scope

_NO_RETURN = frozenset({"exit", "quit", "sys.exit", "os._exit", "os.abort"})


@dataclass(slots=True)
class _Loop:
    """The states in which a loop is left by `break`, and those at `continue`."""

    breaks: list[State | None] = field(default_factory=list)
    continues: list[State | None] = field(default_factory=list)


class ScopeFlow(NameReads):
    """One pass over the statements of one scope in one world."""

    def __init__(self, flow: NameRecord, scope: Scope, world: World, result: ScopeNames) -> None:
        super().__init__(flow, scope, world, result)
        self.reached = result.reached
        self.loops: list[_Loop] = []
        outer = flow.scopes.stored_from_inside
        self.constants = frozenset(name for name in self.local if name not in outer)

    def run(self, node: Any) -> None:
        bound = {
            name
            for name, sites in self.scope.sites.items()
            if any(site.how in ("parameter", "type_parameter") for site in sites)
        }
        state: State | None = State(set(bound), set(bound))
        if type(node) is cst.Module:
            state = self.block(node.body, state)
        else:
            state = self.body(node.body, state)
        self.result.falls_through = state is not None

    def body(self, node: cst.BaseSuite | cst.CSTNode, state: State | None) -> State | None:
        if type(node) is cst.IndentedBlock:
            return self.block(node.body, state)
        if type(node) is cst.SimpleStatementSuite:
            return self.smalls(node.body, state)
        return state

    def block(self, body: Sequence[Any], state: State | None) -> State | None:
        for statement in body:
            if state is None:
                return None
            if type(statement) is cst.SimpleStatementLine:
                state = self.smalls(statement.body, state)
            else:
                self.reached.add(statement)
                state = self.compound(statement, state)
        return state

    def smalls(self, body: Sequence[Any], state: State | None) -> State | None:
        for statement in body:
            if state is None:
                return None
            self.reached.add(statement)
            state = self.small(statement, state)
        return state

    def small(self, node: cst.CSTNode, state: State) -> State | None:
        if type(node) is cst.Assign:
            self.expression(node.value, state)
            for target in node.targets:
                self.target(target.target, state)
                self.note_constant(target.target, node.value, state)
            return state
        if type(node) is cst.AnnAssign:
            if node.value is not None:
                self.expression(node.value, state)
                self.target(node.target, state)
                self.note_constant(node.target, node.value, state)
            return state
        if type(node) is cst.AugAssign:
            self.expression(node.value, state)
            self.expression(node.target, state)
            self.target(node.target, state)
            return state
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            self.imports(node, state)
            return state
        if type(node) is cst.Del:
            self.deletion(node.target, state)
            return state
        if isinstance(node, (cst.Global, cst.Nonlocal, cst.Pass, cst.TypeAlias)):
            if type(node) is cst.TypeAlias:
                state.bind(node.name.value)
            return state
        if type(node) is cst.Break:
            if self.loops:
                self.loops[-1].breaks.append(state)
            return None
        if type(node) is cst.Continue:
            if self.loops:
                self.loops[-1].continues.append(state)
            return None
        for child in children(node):
            self.expression(child, state)
        if isinstance(node, (cst.Return, cst.Raise)):
            return None
        if type(node) is cst.Assert:
            state.assume(self.tests.implied(node.test)[0])
        if type(node) is cst.Expr and self._never_returns(node.value):
            return None
        return state

    def note_constant(self, target: cst.CSTNode, value: cst.CSTNode, state: State) -> None:
        """Remember the value of a variable that a literal is assigned to."""
        if type(target) is cst.Name and target.value in self.constants:
            found = constant(value)
            if found is not None:
                state.values[target.value] = found[0]

    def _never_returns(self, node: cst.BaseExpression) -> bool:
        return type(node) is cst.Call and (self.flow.scopes.tree.text(node.func) in _NO_RETURN)

    def imports(self, node: cst.Import | cst.ImportFrom, state: State) -> None:
        if isinstance(node.names, cst.ImportStar):
            return
        for alias in node.names:
            bound: cst.CSTNode = alias.asname.name if alias.asname is not None else alias.name
            while type(bound) is cst.Attribute:
                bound = bound.value
            if type(bound) is cst.Name:
                state.bind(bound.value)

    def deletion(self, node: cst.CSTNode, state: State) -> None:
        if type(node) is cst.Name:
            self.expression(node, state)
            state.unbind(node.value)
        elif isinstance(node, (cst.Tuple, cst.List)):
            for element in node.elements:
                self.deletion(element.value, state)
        else:
            self.expression(node, state)

    def compound(self, node: Any, state: State) -> State | None:
        if type(node) is cst.If:
            return self.branch(node, state)
        if type(node) is cst.For:
            return self.for_loop(node, state)
        if type(node) is cst.While:
            return self.while_loop(node, state)
        if isinstance(node, (cst.Try, cst.TryStar)):
            return self.attempt(node, state)
        if type(node) is cst.With:
            return self.with_block(node, state)
        if type(node) is cst.Match:
            return self.match(node, state)
        for decorator in node.decorators:
            self.expression(decorator, state)
        if type(node) is cst.FunctionDef:
            lazy = self.flow.scopes.lazy_annotations
            for child in (*defaults_of(node.params), *(() if lazy else annotations_of(node))):
                self.expression(child, state)
        else:
            for child in (*node.bases, *node.keywords):
                self.expression(child, state)
        state.bind(node.name.value)
        return state

    def branch(self, node: cst.If, state: State) -> State | None:
        self.expression(node.test, state)
        truth = self.tests.truth(node.test, state)
        yes, no = self.tests.implied(node.test)
        body: State | None = None
        orelse: State | None = None
        self.open += truth is None
        if truth is not False:
            entry = state.copy() if truth is None else state
            entry.assume(yes)
            body = self.body(node.body, entry)
        if truth is not True:
            entry = state.copy() if truth is None else state
            entry.assume(no)
            if type(node.orelse) is cst.If:
                self.reached.add(node.orelse)
                orelse = self.branch(node.orelse, entry)
            elif node.orelse is not None:
                orelse = self.body(node.orelse.body, entry)
            else:
                orelse = entry
        self.open -= truth is None
        joined = join([body, orelse], "branch", [yes, no])
        if joined is not None and truth is None and (body is None or orelse is None):
            joined.whole = False
        return joined

    def loop_entry(self, body: cst.CSTNode, state: State) -> State:
        """The state at the start of any round."""
        entry = state.copy()
        bound = self.flow.scopes.bound_in(body)
        entry.maybe |= bound & self.local
        for name in bound:
            entry.values.pop(name, None)
        return entry

    def loop_body(self, body: cst.BaseSuite, entry: State) -> tuple[State | None, _Loop]:
        loop = _Loop()
        self.loops.append(loop)
        self.open += 1
        after = self.body(body, entry)
        self.open -= 1
        self.loops.pop()
        return join([after, *loop.continues], "loop"), loop

    def loop_end(
        self, node: cst.For | cst.While, ended: State | None, after: State | None, loop: _Loop
    ) -> State | None:
        if node.orelse is not None and ended is not None:
            ended = self.body(node.orelse.body, ended)
        left = join([ended, *loop.breaks], "loop")
        if left is not None and after is None:
            left.whole = False
        return left

    def for_loop(self, node: cst.For, state: State) -> State | None:
        self.expression(node.iter, state)
        entry = self.loop_entry(node.body, state)
        for name in entry.maybe - entry.definite:
            entry.why.setdefault(name, "loop")
        self.target(node.target, entry)
        after, loop = self.loop_body(node.body, entry)
        ended = (
            after if surely_iterates(node.iter, self.is_filled) else join([state, after], "loop")
        )
        return self.loop_end(node, ended, after, loop)

    def is_filled(self, name: str) -> bool:
        """Whether a name surely holds something to loop over; that it was asked is remembered."""
        found = is_filled(self.scope, name)
        self.result.filled.append((name, found))
        return found

    def while_loop(self, node: cst.While, state: State) -> State | None:
        self.expression(node.test, state)
        first = self.tests.truth(node.test, state)
        if first is False:
            return state if node.orelse is None else self.body(node.orelse.body, state)
        entry = self.loop_entry(node.body, state)
        endless = self.tests.truth(node.test, entry) is True
        entry.assume(self.tests.implied(node.test)[0])
        after, loop = self.loop_body(node.body, entry)
        ended = after if first else join([state, after], "loop")
        return self.loop_end(node, None if endless else ended, after, loop)

    def attempt(self, node: cst.Try | cst.TryStar, state: State) -> State | None:
        broken = self.loop_entry(node.body, state)
        for name in broken.maybe - broken.definite:
            broken.why.setdefault(name, "try")
        tolerant = self.catches_unbound(node)
        self.open += 1
        self.tolerant += tolerant
        after = self.body(node.body, state)
        self.tolerant -= tolerant
        if node.orelse is not None and after is not None:
            after = self.body(node.orelse.body, after)
        ends: list[State | None] = [after]
        for handler in node.handlers:
            entry = broken.copy()
            if handler.type is not None:
                self.expression(handler.type, entry)
            if handler.name is not None and type(handler.name.name) is cst.Name:
                entry.bind(handler.name.name.value)
            end = self.body(handler.body, entry)
            if end is not None and handler.name is not None:
                self.unbind(handler.name.name, end)
            ends.append(end)
        self.open -= 1
        joined = join(ends, "try")
        if joined is not None and None in ends:
            joined.whole = False
        if node.finalbody is not None:
            entry = broken if joined is None else joined
            final = self.body(node.finalbody.body, entry)
            return None if joined is None else final
        return joined

    def unbind(self, name: cst.CSTNode, state: State) -> None:
        """An `except ... as name` deletes the name at its end."""
        if type(name) is cst.Name:
            state.unbind(name.value)

    def with_block(self, node: cst.With, state: State) -> State | None:
        swallows = False
        for item in node.items:
            self.expression(item.item, state)
            swallows = swallows or "suppress" in self.flow.scopes.tree.text(item.item)
            if item.asname is not None:
                self.target(item.asname.name, state)
        before = self.loop_entry(node.body, state) if swallows else None
        self.open += swallows
        after = self.body(node.body, state)
        self.open -= swallows
        return join([after, before], "try") if swallows else after

    def match(self, node: cst.Match, state: State) -> State | None:
        self.expression(node.subject, state)
        ends: list[State | None] = []
        complete = False
        self.open += 1
        for case in node.cases:
            entry = state.copy()
            for name in pattern_names(case.pattern):
                entry.bind(name)
            if case.guard is not None:
                self.expression(case.guard, entry)
            elif type(case.pattern) is cst.MatchAs and case.pattern.pattern is None:
                complete = True
            ends.append(self.body(case.body, entry))
        self.open -= 1
        if not complete:
            ends.append(state)
        joined = join(ends, "branch")
        if joined is not None and None in ends:
            joined.whole = False
        return joined
