"""One pass over the statements of a scope in one world: which of its names are bound where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.scopes import is_builtin
from glue_compiler.syntax import children

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts import World
    from glue_compiler.scopes import Scope
    from glue_compiler.unbound import NameFlow

from glue_compiler.name_state import State, Why, join
from glue_compiler.targets import (
    OPPOSITES,
    annotations_of,
    defaults_of,
    pattern_names,
    surely_iterates,
)

_NO_RETURN = frozenset({"exit", "quit", "sys.exit", "os._exit", "os.abort"})


_NESTED = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})


@dataclass(slots=True)
class _Loop:
    """The states in which a loop is left by `break`, and those at `continue`."""

    breaks: list[State | None] = field(default_factory=list)


class ScopeFlow:
    """One pass over the statements of one scope in one world."""

    def __init__(self, flow: NameFlow, scope: Scope, world: World) -> None:
        self.flow = flow
        self.scope = scope
        self.world = world
        self.reached = flow.reached[world]
        self.local = {
            name
            for name in scope.sites
            if name not in scope.outer and not (scope.kind == "module" and is_builtin(name, scope))
        }
        self.loops: list[_Loop] = []
        self.silent = scope.kind == "class"

    def run(self, node: Any) -> None:
        bound = {
            n for n, sites in self.scope.sites.items() if any(s.how == "parameter" for s in sites)
        }
        state: State | None = State(set(bound), set(bound))
        if type(node) is cst.Module:
            state = self.block(node.body, state)
        else:
            state = self.body(node.body, state)
        self.flow.fallthrough[node, self.world] = state is not None

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
            return state
        if type(node) is cst.AnnAssign:
            if node.value is not None:
                self.expression(node.value, state)
                self.target(node.target, state)
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
            return None
        for child in children(node):
            self.expression(child, state)
        if isinstance(node, (cst.Return, cst.Raise)):
            return None
        if type(node) is cst.Expr and self._never_returns(node.value):
            return None
        return state

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
            state.definite.discard(node.value)
            state.maybe.discard(node.value)
            state.why[node.value] = "deleted"
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
            for child in (*defaults_of(node.params), *annotations_of(node)):
                self.expression(child, state)
        else:
            for child in (*node.bases, *node.keywords):
                self.expression(child, state)
        state.bind(node.name.value)
        return state

    def branch(self, node: cst.If, state: State) -> State | None:
        self.expression(node.test, state)
        truth = self.flow.worlds.truth(node.test, self.scope, self.world)
        yes, no = self.implied(node.test)
        body: State | None = None
        orelse: State | None = None
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
        return join([body, orelse], "branch", [yes, no])

    def implied(self, test: cst.BaseExpression) -> tuple[frozenset[str], frozenset[str]]:
        """The texts of tests that hold in the body, and in the else branch, of an `if`."""
        text = " ".join(self.flow.scopes.tree.text(test).split())
        if "(" in text and "is_incremental()" not in text and "len(" not in text:
            # A call may answer differently the second time.
            return frozenset(), frozenset()
        yes, no = {text}, {f"not {text}"}
        if type(test) is cst.UnaryOperation and type(test.operator) is cst.Not:
            no.add(" ".join(self.flow.scopes.tree.text(test.expression).split()))
        if type(test) is cst.Comparison and len(test.comparisons) == 1:
            left = self.flow.scopes.tree.text(test.left)
            right = self.flow.scopes.tree.text(test.comparisons[0].comparator)
            opposite = OPPOSITES.get(type(test.comparisons[0].operator))
            if opposite is not None:
                no.add(f"{left} {opposite} {right}")
        if type(test) is cst.BooleanOperation:
            for part in (test.left, test.right):
                part_yes, part_no = self.implied(part)
                if type(test.operator) is cst.And:
                    yes |= part_yes
                else:
                    no |= part_no
        return frozenset(yes), frozenset(no)

    def for_loop(self, node: cst.For, state: State) -> State | None:
        self.expression(node.iter, state)
        entry = state.copy()
        entry.maybe |= self.flow.scopes.bound_in(node.body) & self.local
        for name in entry.maybe - entry.definite:
            entry.why.setdefault(name, "loop")
        self.target(node.target, entry)
        loop = _Loop()
        self.loops.append(loop)
        after = self.body(node.body, entry)
        self.loops.pop()
        ended: State | None = after if after is not None else None
        if not surely_iterates(node.iter):
            ended = join([state, after], "loop")
        if node.orelse is not None and ended is not None:
            ended = self.body(node.orelse.body, ended)
        return join([ended, *loop.breaks], "loop")

    def while_loop(self, node: cst.While, state: State) -> State | None:
        self.expression(node.test, state)
        truth = self.flow.worlds.truth(node.test, self.scope, self.world)
        if truth is False:
            return state if node.orelse is None else self.body(node.orelse.body, state)
        entry = state.copy()
        entry.maybe |= self.flow.scopes.bound_in(node.body) & self.local
        loop = _Loop()
        self.loops.append(loop)
        after = self.body(node.body, entry)
        self.loops.pop()
        ended = None if truth is True else join([state, after], "loop")
        if node.orelse is not None and ended is not None:
            ended = self.body(node.orelse.body, ended)
        return join([ended, *loop.breaks], "loop")

    def attempt(self, node: cst.Try | cst.TryStar, state: State) -> State | None:
        before = state.copy()
        after = self.body(node.body, state)
        broken = before.copy()
        broken.maybe |= self.flow.scopes.bound_in(node.body) & self.local
        for name in broken.maybe - broken.definite:
            broken.why.setdefault(name, "try")
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
        joined = join(ends, "try")
        if node.finalbody is not None:
            entry = broken if joined is None else joined
            final = self.body(node.finalbody.body, entry)
            return None if joined is None else final
        return joined

    def unbind(self, name: cst.CSTNode, state: State) -> None:
        """An `except ... as name` deletes the name at its end."""
        if type(name) is cst.Name:
            state.definite.discard(name.value)
            state.maybe.discard(name.value)
            state.why[name.value] = "deleted"

    def with_block(self, node: cst.With, state: State) -> State | None:
        swallows = False
        for item in node.items:
            self.expression(item.item, state)
            swallows = swallows or "suppress" in self.flow.scopes.tree.text(item.item)
            if item.asname is not None:
                self.target(item.asname.name, state)
        before = state.copy() if swallows else None
        after = self.body(node.body, state)
        return join([after, before], "try") if swallows else after

    def match(self, node: cst.Match, state: State) -> State | None:
        self.expression(node.subject, state)
        ends: list[State | None] = []
        complete = False
        for case in node.cases:
            entry = state.copy()
            for name in pattern_names(case.pattern):
                entry.bind(name)
            if case.guard is not None:
                self.expression(case.guard, entry)
            elif type(case.pattern) is cst.MatchAs and case.pattern.pattern is None:
                complete = True
            ends.append(self.body(case.body, entry))
        if not complete:
            ends.append(state)
        return join(ends, "branch")

    def target(self, node: cst.CSTNode, state: State) -> None:
        if type(node) is cst.Name:
            state.bind(node.value)
        elif isinstance(node, (cst.Tuple, cst.List)):
            for element in node.elements:
                self.target(element.value, state)
        elif type(node) is cst.StarredElement:
            self.target(node.value, state)
        else:
            self.expression(node, state)

    def expression(self, node: cst.CSTNode, state: State) -> None:
        """The reads and bindings of an expression, in about the order of evaluation."""
        stack = [node]
        local = self.local
        while stack:
            current = stack.pop()
            if current.__class__ is cst.Name:
                name = current.value  # type: ignore[attr-defined]
                if name in local and name not in state.definite:
                    self.report(current, state)
                continue
            if current.__class__ is cst.NamedExpr:
                self.expression(current.value, state)  # type: ignore[attr-defined]
                self.target(current.target, state)  # type: ignore[attr-defined]
                continue
            if current.__class__ is cst.Attribute:
                stack.append(current.value)  # type: ignore[attr-defined]
                continue
            if current.__class__ in _NESTED:
                if type(current) is cst.Lambda:
                    stack.extend(defaults_of(current.params))
                continue
            if current.__class__ is cst.Arg:
                stack.append(current.value)  # type: ignore[attr-defined]
                continue
            if current in self.flow.scopes.of:
                self.comprehension(current, state)
                continue
            stack.extend(reversed(children(current)))

    def comprehension(self, node: Any, state: State) -> None:
        """Only what surely runs at once: the first iterable. The rest has names of its own."""
        self.expression(node.for_in.iter, state)
        scope = self.flow.scopes.of[node]
        if type(node) is cst.GeneratorExp:
            return
        inner = state.copy()
        inner.definite |= set(scope.sites)
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            for condition in clause.ifs:
                self.expression(condition.test, inner)
            clause = clause.inner_for_in
            if clause is not None:
                self.expression(clause.iter, inner)
        for part in (node.key, node.value) if type(node) is cst.DictComp else (node.elt,):
            self.expression(part, inner)

    def report(self, node: cst.CSTNode, state: State) -> None:
        name: str = node.value  # type: ignore[attr-defined]
        if self.silent or self.flow.scopes.scope_of.get(node) is None:
            return
        if self.flow.scopes.scope_of[node].home(name) is not self.scope:
            return
        always = name not in state.maybe
        spans = self.flow.scopes.tree.spans
        at = spans[node].start
        later = all(spans.get(s.node, (0, 0))[0] > at for s in self.scope.sites[name])
        why: Why = state.why.get(name, "order" if always and later else "branch")
        self.flow.found.setdefault((node, always), {})[self.world] = why
        self.flow.homes[node] = self.scope
        # One report per name and path is enough.
        state.definite.add(name)
