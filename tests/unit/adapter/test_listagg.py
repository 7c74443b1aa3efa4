"""The SQL of dbt's `listagg` in an order. What it gives on Spark: tests/functional/dbt_suites/test_utils.py."""

from __future__ import annotations

import pytest
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.listagg import ordered_list


def test_keys_are_parted_by_commas_outside_of_brackets_and_literals() -> None:
    sql = ordered_list("name", "ORDER BY coalesce(a, b), concat(c, ',') desc, `d,e` nulls last")
    assert "named_struct('k0', coalesce(a, b), 'k1', concat(c, ','), 'k2', `d,e`, 'v', name)" in sql


def test_nulls_come_where_spark_puts_them() -> None:
    """First in an ascending order, last in a descending one, unless the clause says otherwise."""
    sql = ordered_list("x", "order by a, b desc, c asc nulls last, d desc nulls first")
    places = {
        name: f"when l.{name} is null then {place}"
        for name, place in {"k0": -1, "k1": 1, "k2": 1, "k3": -1}.items()
    }
    for text in places.values():
        assert text in sql
    assert "when l.k0 < r.k0 then -1 else 1" in sql
    assert "when l.k1 < r.k1 then 1 else -1" in sql


def test_distinct_values_are_kept_where_they_come_first() -> None:
    assert ordered_list("DISTINCT x", "order by a").startswith("array_distinct(transform(")
    assert ordered_list("distinctly", "order by a").startswith("transform(")


@pytest.mark.parametrize("clause", ["a", "by a", "order by a,,b", "order by "])
def test_a_clause_that_orders_nothing_is_an_error(clause: str) -> None:
    with pytest.raises(CompilationError, match="order_by_clause"):
        ordered_list("x", clause)
