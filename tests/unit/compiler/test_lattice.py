"""What two values have in common does not depend on the order, is reached, and covers both; loops come to an end.

Values are compared by what can be observed of them: their class and fields, sets where the order says nothing.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.facts.schemas import Base, Column, Relation, Schema
from glue_compiler.flow.core.objects import (
    ClassValue,
    ConstValue,
    DbtValue,
    ListValue,
    ModuleValue,
    ScalarValue,
    TextValue,
)
from glue_compiler.flow.core.state import join_values
from glue_compiler.flow.core.values import NEVER, NONE, UNKNOWN, NothingFrom, Value, joined
from glue_compiler.flow.pandas.values import PandasFrame, PandasSeries
from glue_compiler.flow.pandas_on_spark.values import PandasOnSparkFrame
from glue_compiler.flow.spark.values import ColumnName, SparkColumn, SparkFrame, SparkObject
from glue_compiler.text.source import Span
from hypothesis import given, settings
from hypothesis import strategies as st

SPANS = st.sampled_from([Span(0, 1), Span(5, 9)])
RELATIONS = st.sampled_from([Relation("ref", ("a",)), Relation("ref", ("b",))])
NAMES = st.sampled_from("xyz")
FLAGS = st.booleans()
KINDS = st.sampled_from(["int", "str", "unknown"])
SCHEMAS = st.builds(
    Schema,
    columns=st.lists(st.builds(Column, NAMES, st.sampled_from([None, "int"])), max_size=3, unique_by=lambda c: c.name).map(tuple),
    bases=st.lists(st.builds(Base, RELATIONS), max_size=1).map(tuple),
    open=FLAGS,
)  # fmt: skip
_FRAME = {
    "schema": SCHEMAS,
    "relations": st.lists(RELATIONS, unique=True, max_size=2).map(tuple),
    "origin": st.none() | SPANS,
    "cached": FLAGS,
    "python_udf": FLAGS,
    "filtered": FLAGS,
    "projected": FLAGS,
    "nondeterministic": FLAGS,
    "conversions": st.frozensets(SPANS, max_size=2),
    "maximum": FLAGS,
}
FRAMES = st.one_of(
    st.builds(SparkFrame, **_FRAME, hides=FLAGS),
    st.builds(PandasFrame, **_FRAME, plain_index=FLAGS),
    st.builds(PandasOnSparkFrame, **_FRAME, plain_index=FLAGS),
)
SIMPLE = st.one_of(
    st.sampled_from([UNKNOWN, NEVER, NONE]),
    st.builds(NothingFrom, st.sampled_from(["df.show", "print"]), SPANS),
    st.builds(ConstValue, st.sampled_from([1, 2, True, "x", "y", 1.5])),
    st.builds(ScalarValue, KINDS, st.none(), st.none() | SPANS),
    st.builds(ScalarValue, KINDS, st.just((Relation("this"),)), st.none() | SPANS, FLAGS),
    st.builds(TextValue, st.sampled_from(["", "a"])),
    st.builds(ModuleValue, st.sampled_from(["pandas", "numpy"])),
    st.builds(DbtValue, st.sampled_from(["", "ref"])),
    st.builds(ClassValue, st.sampled_from(["A", "B"])),
    st.builds(SparkObject, st.sampled_from(["spark.session", "spark.reader"])),
    st.builds(PandasSeries, st.sampled_from([PandasFrame, PandasOnSparkFrame]), sure=FLAGS),
    st.builds(
        SparkColumn,
        reads=st.lists(st.builds(ColumnName, NAMES, SPANS, st.just("name")), max_size=2, unique=True).map(tuple),
        name=st.none() | NAMES,
        python_udf=FLAGS,
        nondeterministic=FLAGS,
        window=FLAGS,
        sure=FLAGS,
    ),
    FRAMES,
)  # fmt: skip
VALUES = SIMPLE | st.builds(
    ListValue,
    st.none() | st.lists(SIMPLE, max_size=2).map(tuple),
    form=st.sampled_from(["list", "tuple"]),
)
_UNORDERED = {"relations", "reads"}
_MOST = 300


def observed(value: Any) -> Any:
    """The class and the fields of a value, all the way down; of a value that facts describe, without the places."""
    if isinstance(value, Value) and not is_dataclass(value):
        return value.__class__.__name__
    if isinstance(value, Schema):
        columns = frozenset((one.name, one.type) for one in value.columns)
        return ("schema", columns, value.bases, value.open)
    if isinstance(value, type) or not is_dataclass(value):
        return tuple(map(observed, value)) if isinstance(value, tuple) else value
    parts = []
    for one in fields(value):
        if one.name == "span" and isinstance(value, (NothingFrom, ConstValue)):
            continue
        part = observed(getattr(value, one.name))
        parts.append((one.name, frozenset(part) if one.name in _UNORDERED else part))
    return (value.__class__.__name__, *parts)


@settings(max_examples=_MOST, deadline=None)
@given(VALUES, VALUES)
def test_the_order_does_not_matter(one: Value, other: Value) -> None:
    assert observed(joined(one, other)) == observed(joined(other, one))


@settings(max_examples=_MOST, deadline=None)
@given(VALUES, VALUES, VALUES)
def test_nor_which_two_meet_first(one: Value, other: Value, third: Value) -> None:
    left = joined(joined(one, other), third)
    assert observed(left) == observed(joined(one, joined(other, third)))


@settings(max_examples=_MOST, deadline=None)
@given(VALUES, VALUES)
def test_what_covers_both_covers_each(one: Value, other: Value) -> None:
    assert joined(one, one) is one
    both = joined(one, other)
    assert observed(joined(both, one)) == observed(both)
    assert observed(joined(other, both)) == observed(both)


@settings(max_examples=_MOST, deadline=None)
@given(VALUES, VALUES, VALUES)
def test_more_in_gives_more_out(one: Value, other: Value, third: Value) -> None:
    """If `other` covers `one`, what it has in common with a third covers what `one` has."""
    wider = joined(one, other)
    less, more = joined(one, third), joined(wider, third)
    assert observed(joined(less, more)) == observed(more)


@settings(max_examples=_MOST, deadline=None)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=3), min_size=1, max_size=3))
def test_paths_meet_in_any_order(states: list[dict[str, Value]]) -> None:
    there, back = join_values(states), join_values(states[::-1])
    assert there is not None
    assert back is not None
    assert {name: observed(value) for name, value in there.items()} == {
        name: observed(value) for name, value in back.items()
    }


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 6])
def test_loops_come_to_an_end(depth: int) -> None:
    """Each round makes another value: columns, lists, texts and kinds grow, however deep the loops are."""
    body = (
        "df = df.withColumn(name + str(n), df.x).join(other, 'id')",
        "names.append([names, name])",
        "name = name + 'x'",
        "n = n + 1 if n else [n]",
        "other, df = df, other",
        "pdf['c' + name] = pdf['a']",
    )
    lines = ["df, other = dbt.ref('a'), dbt.ref('b')", "pdf = df.toPandas()"]
    lines += ["name, names, n = 'x', [], 0"]
    lines += [f"{'    ' * level}for i{level} in range(n):" for level in range(depth)]
    lines += [f"{'    ' * depth}{line}" for line in body]
    text = "def model(dbt, session):\n" + "".join(f"    {line}\n" for line in [*lines, "return df"])
    facts = analyze(text)
    assert not facts.syntax_errors
    assert facts.flow.frames
