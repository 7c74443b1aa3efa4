"""Whatever the text: `analyze` answers, and its facts survive JSON."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

from glue_compiler.analysis import analyze
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts

MODELS = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "data" / "models").glob("*.py"))
]
QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

names = st.sampled_from(["df", "p", "x", "dbt", "session", "F", "pd", "helper", "cols"])
strings = st.sampled_from(["'a'", '"b"', "f'{x}'", "f'{dbt.this}'", "''", "'é😀'", "'a b' 'c'"])


def calls(inner):
    methods = st.sampled_from(
        [
            "select",
            "filter",
            "withColumn",
            "join",
            "groupBy",
            "agg",
            "toPandas",
            "drop",
            "merge",
            "collect",
            "count",
            "ref",
            "source",
            "config",
            "cache",
            "union",
            "assign",
            "rename",
            "createOrReplaceTempView",
            "sql",
            "table",
            "unknown",
            "groupby",
            "sort_values",
            "col",
            "max",
        ]
    )
    arguments = st.lists(
        st.one_of(
            inner,
            inner.map("*{}".format),
            st.tuples(st.sampled_from(["on", "how", "by", "columns"]), inner).map("=".join),
        ),
        max_size=3,
    ).map(lambda found: ", ".join(sorted(found, key=lambda a: (a[:1] == "*", "=" in a))))
    return st.one_of(
        st.tuples(inner, methods, arguments).map(lambda t: f"({t[0]}).{t[1]}({t[2]})"),
        st.tuples(names, methods, arguments).map(lambda t: f"{t[0]}.{t[1]}({t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]})[{t[1]}]"),
        st.tuples(names, names).map(lambda t: f"{t[0]}.{t[1]}"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(inner, inner).map(lambda t: f"{{{t[0]}: {t[1]}}}"),
        st.tuples(inner, st.sampled_from(["==", ">", "and", "+", "in", "is"]), inner).map(
            lambda t: f"(({t[0]}) {t[1]} ({t[2]}))"
        ),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]} for x in {t[1]} if x]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        inner.map(lambda e: f"(lambda x, *a: {e})"),
        inner.map(lambda e: f"(y := {e})"),
    )


expressions = st.recursive(
    st.one_of(names, strings, st.sampled_from(["1", "None"])), calls, max_leaves=8
)


def blocks(inner):
    return st.one_of(
        st.tuples(expressions, inner).map(lambda t: f"if {t[0]}:\n{indent(t[1])}"),
        st.tuples(inner, inner).map(
            lambda t: f"if dbt.is_incremental:\n{indent(t[0])}\nelse:\n{indent(t[1])}"
        ),
        st.tuples(names, expressions, inner).map(
            lambda t: f"for {t[0]} in {t[1]}:\n{indent(t[2])}"
        ),
        st.tuples(expressions, inner).map(lambda t: f"while {t[0]}:\n{indent(t[1])}\n    break"),
        st.tuples(inner, inner).map(
            lambda t: (
                f"try:\n{indent(t[0])}\nexcept Exception as e:\n{indent(t[1])}\nfinally:\n    pass"
            )
        ),
        st.tuples(expressions, inner).map(lambda t: f"with {t[0]} as (x, *p):\n{indent(t[1])}"),
        inner.map(lambda body: f"def helper(x, dbt=dbt, *, k=1):\n{indent(body)}"),
        st.tuples(inner, inner).map("\n".join),
    )


def indent(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


statements = st.recursive(
    st.one_of(
        expressions,
        st.tuples(names, expressions).map(" = ".join),
        st.tuples(names, expressions).map(lambda t: f"df[{t[0]!r}] = {t[1]}"),
        expressions.map("return {}".format),
        st.sampled_from(["import os", "from a import b as df", "del x", "global x", "df += 1"]),
    ),
    blocks,
    max_leaves=6,
)


def holds(text: str | bytes) -> ModelFacts:
    facts = analyze(text)
    assert json.loads(facts.to_json()) == facts.to_dict()
    return facts


@QUICK
@given(st.lists(statements, min_size=1, max_size=5).map("\n".join))
def test_generated_models(body):
    head = "import pandas as pd\nfrom pyspark.sql import functions as F\n"
    holds(f"{head}def model(dbt, session):\n{indent(body)}\n")


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes(data):
    holds(data)


@QUICK
@given(st.text(max_size=200))
def test_any_text(text):
    holds(text)


@QUICK
@given(st.sampled_from(MODELS), st.integers(0, 2**32))
def test_damaged_models(text, seed):
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text))
        end = min(len(text), start + chance.choice([0, 1, 1, 3, 20]))
        new = chance.choice(
            ["", "(", ")", "'", "\n", "    ", "{{", "\t", "\\", "😀", ":", "dbt.", "#"]
        )
        text = text[:start] + new + text[end:]
    holds(text)


@QUICK
@given(st.sampled_from(MODELS), st.data())
def test_models_cut_short(text, data):
    holds(text[: data.draw(st.integers(0, len(text)))])


def test_every_span_lies_in_the_text():
    for text in MODELS:
        facts = holds(text)
        stack: list[object] = [facts.to_dict()]
        while stack:
            item = stack.pop()
            if isinstance(item, dict):
                for key, value in item.items():
                    if key.endswith("span") and isinstance(value, list):
                        assert 0 <= value[0] <= value[1] <= len(text), (key, value)
                    stack.append(value)
            elif isinstance(item, list):
                stack.extend(item)
