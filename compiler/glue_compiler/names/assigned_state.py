"""What is bound at a point of a function: for certain, perhaps, and under which tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


Why = Literal["branch", "loop", "try", "deleted", "order"]
Degree = Literal["always", "never", "maybe"]
"""A read without a value: whenever the scope runs; whenever it is reached; perhaps."""

Constant = str | int | bool | None


@dataclass(slots=True)
class State:
    """What is bound at a point: for certain, perhaps, and under which tests.

    `values` are variables that surely have the value of a literal. Not `whole` is a point that
    some undecided test before it may have left out, by a `return` for instance.
    """

    definite: set[str]
    maybe: set[str]
    tests: dict[str, frozenset[str]] = field(default_factory=dict)
    why: dict[str, Why] = field(default_factory=dict)
    values: dict[str, Constant] = field(default_factory=dict)
    whole: bool = True

    def copy(self) -> State:
        return State(
            self.definite.copy(),
            self.maybe.copy(),
            self.tests.copy(),
            self.why.copy(),
            self.values.copy(),
            self.whole,
        )

    def bind(self, name: str) -> None:
        self.definite.add(name)
        self.maybe.add(name)
        self.values.pop(name, None)
        if self.tests:
            self._forget_tests_of(name)

    def unbind(self, name: str) -> None:
        self.definite.discard(name)
        self.maybe.discard(name)
        self.values.pop(name, None)
        self.why[name] = "deleted"

    def _forget_tests_of(self, name: str) -> None:
        self.tests = {
            bound: texts
            for bound, texts in self.tests.items()
            if bound != name and not any(_mentions(text, name) for text in texts)
        }

    def assume(self, texts: Iterable[str]) -> None:
        """Names that are bound whenever one of these tests holds are bound now."""
        wanted = set(texts)
        for name, tests in self.tests.items():
            if not tests.isdisjoint(wanted):
                self.definite.add(name)


def _mentions(text: str, name: str) -> bool:
    position = text.find(name)
    while position >= 0:
        before = text[position - 1] if position else " "
        after = text[position + len(name)] if position + len(name) < len(text) else " "
        if not (before.isalnum() or before in "_.") and not (after.isalnum() or after == "_"):
            return True
        position = text.find(name, position + 1)
    return False


def join(
    states: Sequence[State | None], why: Why, tests: Sequence[frozenset[str]] | None = None
) -> State | None:
    """The state after paths meet; `tests` hold on the respective path."""
    live = [(index, state) for index, state in enumerate(states) if state is not None]
    if not live:
        return None
    if len(live) == 1:
        return live[0][1]
    definite = set.intersection(*(state.definite for _, state in live))
    maybe = set.union(*(state.maybe for _, state in live))
    joined = State(definite, maybe, values=_common([state for _, state in live]))
    joined.whole = all(state.whole for _, state in live)
    for index, state in live:
        joined.why.update(state.why)
        for name in state.definite - definite:
            joined.why.setdefault(name, why)
            texts = tests[index] if tests is not None else frozenset()
            texts |= _telling(state, [other for _, other in live if name not in other.definite])
            joined.tests[name] = joined.tests.get(name, frozenset()) | texts
        for name, texts in state.tests.items():
            if name not in definite and all(
                name in other.definite or other.tests.get(name) == texts or name not in other.maybe
                for _, other in live
            ):
                joined.tests[name] = joined.tests.get(name, frozenset()) | texts
    # A test only implies the binding if no other path could hold the same test without it.
    if tests is not None:
        for name, texts in list(joined.tests.items()):
            for index, state in live:
                if name not in state.definite:
                    texts = texts - tests[index]
            joined.tests[name] = texts
    return joined


def _common(states: Sequence[State]) -> dict[str, Constant]:
    """The values that all states have."""
    first = states[0]
    if not first.values:
        return {}
    return {
        name: value
        for name, value in first.values.items()
        if all(name in other.values and _same(other.values[name], value) for other in states[1:])
    }


def _same(left: Constant, right: Constant) -> bool:
    return type(left) is type(right) and left == right


def _telling(state: State, others: Sequence[State]) -> frozenset[str]:
    """Tests that are false in all the others, for the values that variables have there."""
    texts: set[str] = set()
    shared = set.intersection(*(set(other.values) for other in others)) if others else set()
    for name in shared:
        values = [other.values[name] for other in others]
        if not any(values):
            texts.add(name)
        if all(values):
            texts.add(f"not {name}")
        if all(value is None for value in values):
            texts.add(f"{name} is not None")
        if all(value is not None for value in values):
            texts.add(f"{name} is None")
        if name in state.values and not any(state.values[name] == value for value in values):
            texts.update(_comparisons(name, "==", state.values[name]))
        if all(_same(value, values[0]) for value in values):
            texts.update(_comparisons(name, "!=", values[0]))
    return frozenset(texts)


def _comparisons(name: str, operator: str, value: Constant) -> list[str]:
    if isinstance(value, str):
        return [f"{name} {operator} {quote}{value}{quote}" for quote in "'\""]
    return [f"{name} {operator} {value}"]
