"""A run tells what it spent on a frame that several actions computed, by the seconds that its session noted."""

from __future__ import annotations

from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import Plan, RunContext, plan

from dbt.adapters.glue.python_models.computed_again import computed_again

MODEL = """def model(dbt, session):
    joined = dbt.ref("orders").join(dbt.ref("customers"), "id")
    joined.show()
    few = joined.filter("amount < 0")
    if few.count() > 3:
        print("negative")
    return joined.select("id")
"""


def planned() -> Plan:
    return plan(analyze(MODEL), MODEL, RunContext())


def test_the_seconds_of_every_action_are_told_and_what_keeping_could_save() -> None:
    outcome = {"rows": 5, "spent": [[3, 1, 4.0], [5, 1, 3.25]], "seconds": {"write": 5.0}}
    (found,) = computed_again(outcome, planned())
    assert found.text == (
        "`joined` (line 2) was computed 3 times, by lines 3, 5 and the write: 12.2 s; kept, at most 8.2 s less"
    )
    assert found.to_dict() == {
        "name": "joined",
        "line": 2,
        "times": 3,
        "seconds": {"3": 4.0, "5": 3.25, "write": 5.0},
        "at_most": 8.25,
    }


def test_rows_that_wait_for_a_statement_are_not_computed_by_the_run() -> None:
    outcome = {"rows": None, "spent": [[3, 1, 4.0], [5, 1, 3.0]], "seconds": {"write": 0.1}}
    (found,) = computed_again(outcome, planned())
    assert (found.times, found.at_most, list(found.seconds)) == (2, 3.0, [3, 5])


def test_a_loop_counts_every_round() -> None:
    outcome = {"rows": None, "spent": [[3, 5, 10.0]], "seconds": {}}
    (found,) = computed_again(outcome, planned())
    assert (found.times, found.at_most) == (5, 8.0)


def test_less_than_a_second_is_data_and_no_line() -> None:
    outcome = {"rows": 5, "spent": [[3, 1, 0.3]], "seconds": {"write": 0.7}}
    (found,) = computed_again(outcome, planned())
    assert (found.text, found.times) == ("", 2)


def test_what_ran_once_was_not_computed_again() -> None:
    outcome = {"rows": None, "spent": [[3, 1, 4.0]], "seconds": {}}
    assert computed_again(outcome, planned()) == ()
    assert computed_again({}, None) == ()
