"""A run tells what the plan of a Python model did in the session, by the session's own answer."""

from __future__ import annotations

from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import RunContext, plan

from dbt.adapters.glue.python_models.savings import savings

MODEL = """def model(dbt, session):
    orders = dbt.ref("orders")
    if orders.count() == 0:
        return orders
    rows = orders.collect()
    print([row["id"] for row in rows])
    print(orders.count())
    return orders
"""
MOVED = {
    "rewrite": "projection",
    "line": 5,
    "applied": True,
    "why": "",
    "columns": [1, 60],
    "rows": 1200,
}
OUTCOME = {"rewrites": [MOVED], "seconds": {"model": 3.25, "write": 1.0}}


def test_columns_rows_and_jobs_of_a_run_are_told_in_a_line() -> None:
    found = savings(OUTCOME, plan(analyze(MODEL), MODEL, RunContext()))
    assert found.text == (
        "1 of 60 columns to the driver; 1,200 rows to the driver; 1 job less; 1 count stops at the first row "
        "(model 3.2 s, write 1.0 s)"
    )
    assert found.to_dict() == {
        "columns_moved": [1, 60],
        "rows_moved": 1200,
        "jobs_left_out": 1,
        "counts_cut_short": 1,
        "lines": {"counts": [7], "emptiness": [3], "projection": [5]},
    }


def test_what_the_session_left_is_not_told_as_done() -> None:
    left = {**MOVED, "applied": False, "why": "all columns are used"}
    del left["columns"], left["rows"]
    found = savings({"rewrites": [left], "seconds": {}}, None)
    assert (found.text, found.to_dict()["lines"]) == ("", {})


def test_a_run_without_a_plan_says_nothing() -> None:
    assert savings({}, None).text == ""
