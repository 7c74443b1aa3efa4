"""The texts that generated edits begin with: cases of rules, odd models, real-looking ones, the benchmarks', woven ones."""

from __future__ import annotations

import random
import warnings
from dataclasses import dataclass
from functools import cache

from glue_compiler.rules import all_rules

from tests.benchmarks.compiler.bench_analyze import model_of
from tests.data.corpus.assemble import CLOSE, MISTAKES, OPEN, SHAPES, Draft
from tests.unit.compiler.odd_models import ODD_MODELS
from tests.unit.compiler.typed_lines import BLOCKS, STATEMENTS, WRAPPERS

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


def woven_model(chance: random.Random) -> Base:
    """A model of statements that touch each other: few names, helpers, aliases, views, branches."""
    text = "import pandas as pd\nfrom pyspark.sql import functions as F\n\nNAME = 'orders'\n\n\n"
    for block in chance.sample(BLOCKS, chance.randint(0, 3)):
        text += _with_names(block, chance, ("NAME", "helper", "mark", "n"))
    body = [line for line in _BEGINNINGS if chance.random() < 0.7]
    if chance.random() < 0.2:
        chance.shuffle(body)
    for _ in range(chance.randint(2, 9)):
        lines = _with_names(chance.choice(STATEMENTS), chance, _WOVEN_NAMES).split("\n")
        if chance.random() < 0.25:
            around = _with_names(chance.choice(WRAPPERS), chance, _WOVEN_NAMES)
            before, _, after = around.partition("⟨…⟩\n")
            lines = [*before.splitlines(), *(f"    {line}" for line in lines), *after.splitlines()]
        if is_python("\n".join(["def f():", *(f"    {line}" for line in lines)])):
            body += lines
    body.append(chance.choice(("return df", "return a.join(b, 'id')", "return local", "b.show()")))
    model = "".join(f"    {line}\n" for line in body)
    text = f"{text}def model(dbt, session):\n{model}"
    if chance.random() < 0.4:
        # What is bound after the model is what the model sees.
        after = chance.choice(
            ("NAME = 'customers'", "helper = None", "def helper(df): return df.drop('id')")
        )
        text += f"\n\n{after}\n"
    return Base("woven", text)


_WOVEN_NAMES = ("df", "df", "a", "a", "b", "b", "local", "NAME", "helper", "n")
_BEGINNINGS = (
    *("df = dbt.ref('orders')", "a = dbt.ref('customers')", "local = dbt.ref('x').toPandas()"),
    *(
        "b = a",
        "a = helper(df)",
        "df = dbt.ref(NAME)",
        "n = dbt.is_incremental",
        "df.createOrReplaceTempView('o')",
    ),
)


def _with_names(template: str, chance: random.Random, names: tuple[str, ...]) -> str:
    one, other = chance.choice(names), chance.choice(names)
    return template.replace("⟨a⟩", one).replace("⟨b⟩", other)


def is_python(text: str) -> bool:
    """Whether CPython's compiler takes the text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text.removeprefix("\ufeff"), "<text>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
