"""Branches, loops, try and match: run each path, go on with what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.frames import DeadBranch
from glue_compiler.flow.core.guards import doubt, guard
from glue_compiler.flow.core.objects import ListValue, items_of
from glue_compiler.flow.core.state import Env, join_values
from glue_compiler.flow.core.truth import ask
from glue_compiler.flow.core.values import UNKNOWN, Value, joined, same
from glue_compiler.names.targets import pattern_names

if TYPE_CHECKING:
    from glue_compiler.flow.core.dispatch import Dispatch

_ROUNDS = 3
_DEEPEST_LOOP = 3
_MOST_UNROLLED = 20


def branch(it: Dispatch, node: cst.If, env: Env) -> bool:
    ask(it, node.test, it.evaluate(node.test, env), "if", node.test)
    truth = it.worlds.truth(node.test, env.scope, it.world)
    if truth is not None:
        dead = node.orelse if truth else node.body
        if dead is not None:
            fact = DeadBranch(it.spans[dead], it.spans[node.test], ())
            it.recorder.add("dead_branches", fact)
        if truth:
            return it.body(node.body, env)
        return True if node.orelse is None else other_branch(it, node.orelse, env)
    guard(node.test, env)
    it.activation.tests += 1
    before = env.values
    env.values = dict(before)
    doubt(it, node.test, env, True)
    body = env.values if it.body(node.body, env) else None
    env.values = dict(before)
    doubt(it, node.test, env, False)
    alive = True if node.orelse is None else other_branch(it, node.orelse, env)
    orelse = env.values if alive else None
    it.activation.tests -= 1
    return meet(it, [body, orelse], env)


def other_branch(it: Dispatch, node: cst.If | cst.Else, env: Env) -> bool:
    return branch(it, node, env) if type(node) is cst.If else it.body(node.body, env)


def meet(it: Dispatch, states: list[dict[str, Value] | None], env: Env) -> bool:
    """Go on with what the paths have in common; false when none comes here."""
    values = join_values(states)
    if values is None:
        return False
    for name, value in values.items():
        if value is UNKNOWN:
            for state in states:
                if state is not None:
                    it.escape(state.get(name, UNKNOWN), "unknown")
    env.values = values
    return True


def loop(it: Dispatch, node: cst.For | cst.While, env: Env, iterated: Value | None) -> bool:
    """Run a loop to a fixpoint without recording, then once more for the facts."""
    assigned = it.scopes.bound_in(node.body)
    if iterated is not None:
        assigned |= it.scopes.bound_in(node)
    truth = None
    if type(node) is cst.While:
        truth = it.worlds.truth(node.test, env.scope, it.world)
        if truth is False:
            return True
    if it.loop_depth == 0 and type(node) is cst.For and iterated is not None:
        before = dict(env.values)
        alive = fixpoint(it, node, env, iterated, assigned, None)
        unrolled(it, node, env, items_of(iterated), before)
        return alive
    return fixpoint(it, node, env, iterated, assigned, truth)


def unrolled(
    it: Dispatch,
    node: cst.For,
    env: Env,
    items: tuple[Value, ...] | None,
    before: dict[str, Value],
) -> None:
    """Replace the variables after a loop over known items by what running it gives exactly."""
    if items is None or len(items) > _MOST_UNROLLED:
        return
    general = env.values
    env.values = before
    recording, it.recorder.on = it.recorder.on, False
    it.loop_depth += 1
    it.activation.exits.append([])
    it.activation.tests += 1
    for item in items:
        it.assign(node.target, item, env)
        alive = it.body(node.body, env)
        if not alive or it.activation.exits[-1]:
            env.values = general
            break
    it.activation.tests -= 1
    it.activation.exits.pop()
    it.loop_depth -= 1
    it.recorder.on = recording


def fixpoint(
    it: Dispatch,
    node: cst.For | cst.While,
    env: Env,
    iterated: Value | None,
    assigned: frozenset[str],
    truth: bool | None,
) -> bool:
    it.loop_depth += 1
    recording = it.recorder.on
    it.recorder.on = False
    stable = False
    changing = assigned
    if it.loop_depth <= _DEEPEST_LOOP:
        for _ in range(_ROUNDS):
            entry = dict(env.values)
            run_once(it, node, env, iterated)
            changing |= _grown(entry, env.values)
            if all(same(entry.get(name), env.values.get(name)) for name in changing):
                stable = True
                break
    else:
        changing |= _lists(env.values)
    if not stable:
        it.forget(changing, env)
    it.recorder.on = recording
    exits = run_once(it, node, env, iterated)
    if not stable:
        it.forget(changing, env)
    it.loop_depth -= 1
    if node.orelse is not None:
        it.body(node.orelse.body, env)
    if truth is True:
        return meet(it, list(exits), env) if exits else False
    return True


def run_once(
    it: Dispatch, node: cst.For | cst.While, env: Env, iterated: Value | None
) -> list[dict[str, Value]]:
    """One run of a loop's body, joined with not running it; the states at its exits."""
    before = dict(env.values)
    if iterated is not None and type(node) is cst.For:
        it.assign(node.target, iterated.any_item(), env)
        if iterated.deferred:
            it.escape(iterated, "iterated")
    elif type(node) is cst.While:
        ask(it, node.test, it.evaluate(node.test, env), "while", node.test)
    it.activation.exits.append([])
    it.activation.tests += 1
    alive = it.body(node.body, env)
    it.activation.tests -= 1
    exits = it.activation.exits.pop()
    states: list[dict[str, Value] | None] = [before, *exits]
    if alive:
        states.append(env.values)
    meet(it, states, env)
    return exits


def attempt(it: Dispatch, node: cst.Try | cst.TryStar, env: Env) -> bool:
    before = dict(env.values)
    it.activation.tests += 1
    catches = bool(node.handlers)
    it.attempts += catches
    alive = it.body(node.body, env)
    it.attempts -= catches
    if alive and node.orelse is not None:
        alive = it.body(node.orelse.body, env)
    after = env.values if alive else None
    broken = dict(before)
    for name in it.scopes.bound_in(node.body):
        if name in before or name in env.values:
            first, second = before.get(name, UNKNOWN), env.values.get(name, UNKNOWN)
            broken[name] = joined(first, second)
            if broken[name] is UNKNOWN:
                it.escape(first, "unknown")
                it.escape(second, "unknown")
    states: list[dict[str, Value] | None] = [after]
    for handler in node.handlers:
        env.values = dict(broken)
        if handler.name is not None:
            it.assign(handler.name.name, UNKNOWN, env)
        states.append(env.values if it.body(handler.body, env) else None)
    it.activation.tests -= 1
    alive = meet(it, states, env)
    if node.finalbody is not None:
        if not alive:
            env.values = broken
        return it.body(node.finalbody.body, env) and alive
    return alive


def match(it: Dispatch, node: cst.Match, env: Env) -> bool:
    it.escape(it.evaluate(node.subject, env), "matched")
    states: list[dict[str, Value] | None] = [dict(env.values)]
    before = env.values
    it.activation.tests += 1
    for case in node.cases:
        env.values = dict(before)
        it.forget(it.scopes.bound_in(case) | _pattern_bound(case.pattern), env)
        alive = it.body(case.body, env)
        states.append(env.values if alive else None)
    it.activation.tests -= 1
    return meet(it, states, env)


def _grown(before: dict[str, Value], after: dict[str, Value]) -> frozenset[str]:
    """The names of lists that were changed in place: a loop changes them without assigning them."""
    return frozenset(name for name in _lists(before) if after.get(name) is not before[name])


def _lists(values: dict[str, Value]) -> frozenset[str]:
    return frozenset(name for name, value in values.items() if isinstance(value, ListValue))


def _pattern_bound(node: cst.CSTNode) -> set[str]:
    return set(pattern_names(node))
