"""The texts that generated edits begin with: cases of rules, odd models, real-looking ones and the benchmarks'."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from glue_compiler.rules import all_rules

from tests.benchmarks.compiler.bench_analyze import model_of
from tests.data.corpus.assemble import CLOSE, MISTAKES, OPEN, SHAPES, Draft
from tests.unit.compiler.odd_models import ODD_MODELS

_MOST_LINES = 130


@dataclass(frozen=True, slots=True)
class Base:
    """A text, and what to call it in a message."""

    name: str
    text: str


@cache
def all_bases() -> tuple[Base, ...]:
    """All texts, short ones first."""
    found = [*odd_bases(), *larger_bases()]
    for rule in all_rules():
        for kind in ("valid", "invalid"):
            found += [
                Base(f"{rule.code} {kind} {number}", case.source)
                for number, case in enumerate(getattr(rule, kind))
            ]
    return tuple(sorted(found, key=lambda base: len(base.text)))


@cache
def odd_bases() -> tuple[Base, ...]:
    """The odd models, short ones first."""
    found = [Base(f"odd: {name}", text) for name, text in ODD_MODELS.items()]
    return tuple(sorted(found, key=lambda base: len(base.text)))


@cache
def larger_bases() -> tuple[Base, ...]:
    """Models of the corpus, each shape as it is and with mistakes, and the benchmarks' model."""
    found = []
    for number, (shape, _) in enumerate(SHAPES):
        for planted in (False, True):
            draft = Draft(number, "orders", "items", "", [], {}, "return result")
            chance = random.Random(number)
            shape(chance, draft)
            if planted:
                for mistake in chance.sample(MISTAKES, 3):
                    mistake(draft)
            text = draft.text("A model.").replace(OPEN, "").replace(CLOSE, "")
            if text.count("\n") <= _MOST_LINES:
                found.append(Base(f"corpus: {shape.__name__}, {planted=}", text))
    found += [Base(f"model_of({lines})", model_of(lines)) for lines in (60, 90, 190)]
    return tuple(sorted(found, key=lambda base: len(base.text)))
