"""The page "From dbt-glue in an hour": its commands say what stands there."""

from __future__ import annotations

import pytest

from tools.from_dbt_glue import PAGE, STEPS, change_of, names_of, regenerated, shown, unvaried

pytestmark = pytest.mark.spark


def test_the_pages_commands_say_what_stands_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert unvaried(regenerated(text)) == unvaried(text), "run python tools/from_dbt_glue.py"


def test_the_page_has_steps_that_there_are() -> None:
    names = names_of(PAGE.read_text(encoding="utf-8"))
    assert {"check", "checked", "build", "again", "rows", "stop"} <= names
    assert names <= {step.name for step in STEPS}


def test_what_is_left_out_is_times_and_sessions() -> None:
    output = (
        "08:00:01  Running with dbt=1.11.16\n08:00:02  Glue adapter: Starting Glue session a\n08:00:02  \n08:00:02  \n"
        "08:00:03  1 of 1 OK created sql table model a ..... [OK in 0.50s]\n"
    )
    assert shown(output) == "1 of 1 OK created sql table model a ..... [OK in 0.50s]"
    assert unvaried("a ..... [OK in 0.50s]") == unvaried("a .... [OK in 12.07s]")


def test_a_change_is_a_diff() -> None:
    assert '+    dbt.config(materialized="table")' in change_of("models/revenue.py").splitlines()
