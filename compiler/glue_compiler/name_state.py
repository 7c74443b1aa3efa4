"""What is bound at a point of a function: for certain, perhaps, and under which tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


Why = Literal["branch", "loop", "try", "deleted", "order"]


@dataclass(slots=True)
class State:
    """What is bound at a point: for certain, perhaps, and under which tests."""

    definite: set[str]
    maybe: set[str]
    tests: dict[str, frozenset[str]] = field(default_factory=dict)
    why: dict[str, Why] = field(default_factory=dict)

    def copy(self) -> State:
        return State(set(self.definite), set(self.maybe), dict(self.tests), dict(self.why))

    def bind(self, name: str) -> None:
        self.definite.add(name)
        self.maybe.add(name)
        if self.tests:
            self._forget_tests_of(name)

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
    joined = State(definite, maybe)
    for index, state in live:
        joined.why.update(state.why)
        for name in state.definite - definite:
            joined.why.setdefault(name, why)
            texts = tests[index] if tests is not None else frozenset()
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
