"""The reads and bindings of expressions: which of their parts are evaluated, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from glue_compiler.names.assigned_record import PlainReads
from glue_compiler.names.assigned_tests import Tests
from glue_compiler.names.scopes import is_builtin
from glue_compiler.names.targets import defaults_of
from glue_compiler.tree.syntax import children

if TYPE_CHECKING:
    from glue_compiler.facts.worlds import World
    from glue_compiler.names.assigned_record import NameRecord, ScopeNames
    from glue_compiler.names.assigned_state import Degree, State, Why
    from glue_compiler.names.scopes import Scope

_NESTED = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})
_ABSENT = object()
_CATCH_UNBOUND = frozenset({"NameError", "UnboundLocalError"})


class NameReads:
    """The expressions of one scope in one world.

    `open` counts the undecided tests, loops and `try` around the point that is looked at;
    `tolerant` those `try` that catch the error of a name that has no value.
    """

    def __init__(self, flow: NameRecord, scope: Scope, world: World, result: ScopeNames) -> None:
        self.flow = flow
        self.scope = scope
        self.result = result
        self.tests = Tests(flow.scopes.tree, flow.worlds, scope, world, result.tests)
        self.local = {
            name
            for name in scope.sites
            if name not in scope.outer and not (scope.kind == "module" and is_builtin(name, scope))
        }
        self.silent = scope.kind == "class"
        # Any other function may be called in one world only, or never.
        parent = scope.parent
        self.surely_runs = parent is None or (parent.parent is None and scope.name == "model")
        self.open = 0
        self.tolerant = 0

    def target(self, node: cst.CSTNode, state: State) -> None:
        """Bind what an assignment binds."""
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
        plain = self.flow.plain_reads.get(id(node))
        if plain is None:
            plain = self.flow.plain_reads[id(node)] = PlainReads(node, self.flow.scopes.of)
        if plain.names is not None:
            missing = (plain.names & self.local) - state.definite
            if missing:
                for name in plain.reads:
                    if name.value in missing and name.value not in state.definite:
                        self.report(name, state)
            return
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
            if type(current) is cst.BooleanOperation:
                self.expression(current.left, state)
                self.part(current.right, current.left, type(current.operator) is cst.And, state)
                continue
            if type(current) is cst.IfExp:
                self.expression(current.test, state)
                self.part(current.body, current.test, True, state)
                self.part(current.orelse, current.test, False, state)
                continue
            if current in self.flow.scopes.of:
                self.comprehension(current, state)
                continue
            stack.extend(reversed(children(current)))

    def part(self, node: cst.CSTNode, test: cst.BaseExpression, when: bool, state: State) -> None:
        """A part of an expression that is evaluated only where `test` is `when`."""
        truth = self.tests.truth(test, state)
        if truth is (not when):
            return
        if truth is when:
            self.expression(node, state)
            return
        inner = state.copy()
        if inner.tests:
            inner.assume(self.tests.implied(test)[0 if when else 1])
        self.open += 1
        self.expression(node, inner)
        self.open -= 1
        # What it binds may be bound now, and has no value that is known.
        state.maybe |= inner.maybe
        for name, value in list(state.values.items()):
            if inner.values.get(name, _ABSENT) is not value:
                del state.values[name]

    def comprehension(self, node: Any, state: State) -> None:
        """Only what surely runs at once: the first iterable. The rest has names of its own."""
        self.expression(node.for_in.iter, state)
        scope = self.flow.scopes.of[node]
        if type(node) is cst.GeneratorExp:
            return
        inner = state.copy()
        inner.definite |= set(scope.sites)
        for name in scope.sites:
            inner.values.pop(name, None)
        self.open += 1
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            for condition in clause.ifs:
                self.expression(condition.test, inner)
                if inner.tests:
                    inner.assume(self.tests.implied(condition.test)[0])
            clause = clause.inner_for_in
            if clause is not None:
                self.expression(clause.iter, inner)
        for part in (node.key, node.value) if type(node) is cst.DictComp else (node.elt,):
            self.expression(part, inner)
        self.open -= 1

    def report(self, node: cst.CSTNode, state: State) -> None:
        """A name is read that is not bound for certain."""
        name: str = node.value  # type: ignore[attr-defined]
        if self.silent or self.flow.scopes.scope_of.get(node) is None:
            return
        if self.flow.scopes.scope_of[node].home(name) is not self.scope:
            return
        if self.tolerant:
            # After a read that did not fail, it has a value.
            state.definite.add(name)
            return
        never = name not in state.maybe
        spans = self.flow.scopes.tree.spans
        at = spans[node].start
        later = all(spans.get(s.node, (0, 0))[0] > at for s in self.scope.sites[name])
        why: Why = state.why.get(name, "order" if never and later else "branch")
        surely = never and self.surely_runs and not self.open and state.whole
        degree: Degree = "always" if surely else "never" if never else "maybe"
        self.result.found[node] = (degree, why)
        # One report per name and path is enough.
        state.definite.add(name)

    def catches_unbound(self, node: cst.Try | cst.TryStar) -> bool:
        """Whether a `try` is there to find out that a name has no value."""
        for handler in node.handlers:
            if handler.type is not None:
                text = self.flow.scopes.tree.text(handler.type)
                if any(name in text for name in _CATCH_UNBOUND):
                    return True
        return False
