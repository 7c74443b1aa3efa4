"""The condition that holds rows to a contract, and the kinds of constraints that are told of."""

from __future__ import annotations

from typing import Any

import pytest

from dbt.adapters.glue.constraints import guard, untold


def model(**changes: Any) -> dict[str, Any]:
    return {
        "language": "sql",
        "config": {"materialized": "table", "contract": {"enforced": True}},
        "columns": {
            "id": {"name": "id", "constraints": [{"type": "not_null"}, {"type": "primary_key"}]},
            "n`m": {"name": "n`m", "constraints": [{"type": "check", "expression": "it = 'a'"}]},
        },
        "constraints": [
            {"type": "not_null", "columns": ["id", "at"]},
            {"type": "unique", "columns": ["id"], "warn_unsupported": False},
        ],
        **changes,
    }


def test_each_constraint_is_a_case_once_and_its_error_is_data() -> None:
    assert guard(model(), "s.t") == (
        "case when `id` is null then raise_error('null value in column \"id\" of s.t violates not-null constraint')"
        " when not (it = 'a'\n) then raise_error('a row of s.t violates check constraint: it = \\'a\\'')"
        " when `at` is null then raise_error('null value in column \"at\" of s.t violates not-null constraint')"
        " else spark_partition_id() >= 0 end"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"config": {"materialized": "view", "contract": {"enforced": True}}},
        {"config": {"materialized": "table", "contract": {"enforced": False}}},
        {"config": {"materialized": "table"}},
        {"language": "python"},
    ],
)
def test_what_is_not_held_is_told(changes: dict[str, Any]) -> None:
    assert guard(model(**changes), "s.t") is None
    assert untold(model(**changes)) == {"not_null", "primary_key", "check"}


def test_of_what_is_held_only_the_rest_is_told() -> None:
    assert untold(model()) == {"primary_key"}
    assert guard(model(columns={}, constraints=[]), "s.t") is None
