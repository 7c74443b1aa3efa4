"""Whatever the text: checks never raise, facts survive JSON, spans lie in the text, fixes parse and are stable.

`DBT_GLUE_PROPERTY_EXAMPLES` sets how many sources are made (tests/benchmarks/compiler/property_run.py
asks for 20,000), `DBT_GLUE_PROPERTY_SEED` another seed than the fixed one.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.findings.diagnostics import Diagnostic
from glue_compiler.findings.fixes import fix_text
from glue_compiler.rules import all_rules
from glue_compiler.text.python_ast import is_python
from glue_compiler.text.source import SourceText
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.compiler.property_budget import EXAMPLES, HALF, seeded

if TYPE_CHECKING:
    from collections.abc import Iterator

MODELS = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "data" / "models").glob("*.py"))
] + [case.source for rule in all_rules() for case in (*rule.valid, *rule.invalid)]
MANY = settings(HALF, max_examples=max(EXAMPLES * 3 // 2, 1))
"""For texts that take next to no time."""

HEAD = """import pandas as pd
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

NAMES = ["a", "b"]


"""
FRAMES = [
    *("df", "dbt.ref('orders')", "dbt.source('raw', 'items')", "session.table(f'{dbt.this}')"),
    *("df.select('id', 'Amount')", "session.createDataFrame([], 'id int, name string')"),
    *("df.toPandas()", "df.pandas_api()", "df.groupBy('id').agg(F.sum('Amount').alias('total'))"),
    *("helper(df)", "d.ref('orders')", "dbt.ref('orders')[['id']].distinct()"),
]
VALUES = [
    *("1", "'id'", "'nope'", "None", "df", "df.id", "df.AMOUNT", "F.col('id')", "F.lit(1)", "name"),
    *("f'{name}_x'", "'a' 'b'", "NAMES", "dbt.this", "dbt.is_incremental", "dbt.is_incremental()"),
    *("dbt.config.get('limit', default=3)", "lambda x: x.upper()", "{'a': F.lit(1)}", "{{}}"),
    *("f'{dbt.this}'", "''", "(y := 1)", "lambda x, *a: x", "{'a': df, 'b': p}", "[df, 'a', None]"),
    *("'{{ x }}'", "(1, 2)", "newest", "'é😀'", "b'x'", "...", "df.count()", "dbt.ref('x', v=0)"),
]
METHODS = [
    *("select", "filter", "where", "withColumn", "with_column", "join", "union", "unionByName"),
    *("groupBy", "agg", "drop", "dropDuplicates", "cache", "persist", "unpersist", "count", "show"),
    *("collect", "toPandas", "to_pandas", "first", "isEmpty", "orderBy", "limit", "alias", "merge"),
    *("assign", "rename", "iterrows", "drop_duplicates", "createOrReplaceTempView", "nonsense"),
    *("withColumnRenamed", "selectExpr", "fillna", "sort_values", "groupby", "apply", "head"),
    *("ref", "source", "config", "sql", "table", "col", "max"),
]


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    named = st.tuples(st.sampled_from(["on", "how", "by", "columns"]), inner).map("=".join)
    starred = inner.map("*{}".format)
    positional = st.lists(inner, max_size=3)
    arguments = st.one_of(
        positional,
        st.tuples(positional, named).map(lambda t: [*t[0], t[1]]),
        st.tuples(positional, starred).map(lambda t: [*t[0], t[1]]),
    ).map(", ".join)
    return st.one_of(
        st.tuples(inner, st.sampled_from(METHODS), arguments).map(
            lambda t: f"({t[0]}).{t[1]}({t[2]})" if " " in t[0] else f"{t[0]}.{t[1]}({t[2]})"
        ),
        st.tuples(st.sampled_from(FRAMES), st.sampled_from(METHODS), arguments).map(
            lambda t: f"{t[0]}.{t[1]}({t[2]})"
        ),
        st.tuples(st.sampled_from(FRAMES), inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, st.sampled_from(["==", ">", "<=", "and", "+", "&", "is"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        inner.map("not {}".format).map("({})".format),
        inner.map("print({})".format),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]} for name in {t[1]}]"),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]} for name in {t[1]} if name]"),
        st.tuples(inner, inner).map(lambda t: f"{{{t[0]}: {t[1]}}}"),
        inner.map(lambda e: f"(lambda name, *rest: {e})"),
        inner.map(lambda e: f"(newest := {e})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]} if dbt.is_incremental else {t[1]})"),
    )


EXPRESSIONS = st.recursive(st.sampled_from(FRAMES + VALUES), _calls, max_leaves=5)
CONFIGS = st.lists(
    st.tuples(
        st.sampled_from(
            ["materialized", "materialised", "unique_key", "unique_id", "packages", "tags", "meta"]
        ),
        st.sampled_from(["'table'", "'view'", "'incremental'", "['pandas']", "('a',)", "1", "{1}"]),
    ),
    max_size=3,
).map(lambda pairs: f"dbt.config({', '.join(f'{k}={v}' for k, v in dict(pairs).items())})")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda b: f"if dbt.is_incremental:\n{_indented(b)}"),
        st.tuples(EXPRESSIONS, inner, inner).map(
            lambda t: f"if {t[0]}:\n{_indented(t[1])}\nelse:\n{_indented(t[2])}"
        ),
        st.tuples(EXPRESSIONS, inner).map(lambda t: f"for name in {t[0]}:\n{_indented(t[1])}"),
        inner.map(lambda b: f"try:\n{_indented(b)}\nexcept ValueError:\n    pass"),
        st.tuples(inner, inner).map(
            lambda t: (
                f"try:\n{_indented(t[0])}\nexcept Exception as e:\n{_indented(t[1])}\nfinally:\n    pass"
            )
        ),
        st.tuples(EXPRESSIONS, inner).map(lambda t: f"while {t[0]}:\n{_indented(t[1])}\n    break"),
        st.tuples(EXPRESSIONS, inner).map(lambda t: f"with {t[0]} as (x, *p):\n{_indented(t[1])}"),
        inner.map(lambda b: f"def helper(df, d=dbt):\n{_indented(b)}"),
        inner.map(lambda b: f"def helper(x, dbt=dbt, *, k=1):\n{_indented(b)}"),
        st.tuples(inner, inner).map("\n".join),
    )


STATEMENTS = st.recursive(
    st.one_of(
        EXPRESSIONS,
        EXPRESSIONS.map("df = {}".format),
        EXPRESSIONS.map("df['x'] = {}".format),
        EXPRESSIONS.map("return {}".format),
        CONFIGS,
        st.sampled_from(
            [
                "newest = session.sql(f'select max(day) from {dbt.this}').collect()[0][0]",
                "df = df.filter(F.col('day') > newest)",
                "clean = F.udf(lambda x: x.strip(), StringType())",
                "import yaml",
                "d = dbt",
                "pass  # {{ note }}",
                *("import os", "from a import b as df", "del x", "global x", "df += 1"),
            ]
        ),
    ),
    _blocks,
    max_leaves=6,
)
SOURCES = st.tuples(
    st.sampled_from([HEAD, HEAD, HEAD, "", "\ufeff" + HEAD]),
    st.lists(STATEMENTS, min_size=1, max_size=6).map("\n".join),
    EXPRESSIONS,
    st.sampled_from(["\n", "\n", "\n", "\r\n"]),
).map(
    lambda t: (
        f"{t[0]}def model(dbt, session):\n    df = dbt.ref('orders')\n"
        f"{_indented(t[1])}\n    return {t[2]}\n"
    ).replace("\n", t[3])
)


def diagnostics(source: SourceText) -> tuple[Diagnostic, ...]:
    return check(analyze(source), source)


def holds(text: str) -> None:
    source = SourceText(text)
    facts = analyze(source)
    assert json.loads(facts.to_json()) == facts.to_dict()
    for name, span in _spans(facts.to_dict()):
        assert 0 <= span[0] <= span[1] <= len(text), (name, span)
    found = check(facts, source)
    for item in found:
        assert 0 <= item.span.start <= item.span.end <= len(text), item
        assert Diagnostic.from_dict(item.to_dict()) == item
        for fix in item.fixes:
            for edit in fix.edits:
                assert 0 <= edit.span.start <= edit.span.end <= len(text), item
    for unsafe in (False, True):
        fixed = fix_text(text, diagnostics, unsafe=unsafe)
        if is_python(text):
            assert is_python(fixed.text), fixed.applied
        again = fix_text(fixed.text, diagnostics, unsafe=unsafe)
        assert again.text == fixed.text, (fixed.applied, again.applied)


def _spans(item: object) -> Iterator[tuple[str, list[int]]]:
    """All spans of facts as JSON data, with their names."""
    if isinstance(item, dict):
        for name, value in item.items():
            if name.endswith("span") and isinstance(value, list):
                yield name, value
            else:
                yield from _spans(value)
    elif isinstance(item, list):
        for value in item:
            yield from _spans(value)


@seeded
@HALF
@given(SOURCES)
def test_generated_models_are_checked_and_fixed(text: str) -> None:
    holds(text)


@seeded
@HALF
@given(st.sampled_from(MODELS), st.integers(0, 2**32))
def test_damaged_models_are_checked_and_fixed(text: str, seed: int) -> None:
    holds(damaged(text, random.Random(seed)))


@seeded
@HALF
@given(st.sampled_from(MODELS), st.data())
def test_models_cut_short_are_checked_and_fixed(text: str, data: st.DataObject) -> None:
    holds(text[: data.draw(st.integers(0, len(text)))])


@seeded
@MANY
@given(st.text(max_size=200))
def test_any_text_is_checked_and_fixed(text: str) -> None:
    holds(text)


@seeded
@MANY
@given(st.binary(max_size=200))
def test_any_bytes_are_analysed(data: bytes) -> None:
    facts = analyze(data)
    assert json.loads(facts.to_json()) == facts.to_dict()


def damaged(text: str, chance: random.Random) -> str:
    """The text with some pieces removed, repeated, swapped with another model's, or broken."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 0, 1, 3, 12, 40]))
        other = chance.choice(MODELS)
        at = chance.randrange(len(other) + 1)
        new = chance.choice(
            [
                *("", "(", ")", "'", "\n", "    ", "{{", "\t", "\\", "😀", ":", "dbt.", "#", "\r"),
                text[start:end] * 2,
                other[at : at + 20],
                chance.choice(other.split("\n")) + "\n",
            ]
        )
        text = text[:start] + new + text[end:]
    return text
