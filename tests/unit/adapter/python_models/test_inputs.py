"""Which rows of its refs and sources a Python model reads: what dbt asks of a relation, as data."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from dbt.adapters.base.relation import EventTimeFilter
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.model_config import check
from dbt.adapters.glue.python_models.configs import check_configs
from dbt.adapters.glue.python_models.errors import PythonModelRefused
from dbt.adapters.glue.python_models.inputs import python_input
from dbt.adapters.glue.relation import GlueRelation

START = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
END = datetime.datetime(2026, 1, 3, tzinfo=datetime.timezone.utc)


def model(**config: Any) -> dict[str, Any]:
    return {
        "original_file_path": "models/m.py",
        "language": "python",
        "refs": [{"name": "events", "package": None, "version": None}],
        "sources": [["raw", "clicks"]],
        "config": config,
    }


def events(limit: int | None = None, **period: Any) -> GlueRelation:
    asked = EventTimeFilter(**period) if period else None
    return GlueRelation.create(
        schema="s",
        identifier="events",
        table_format="iceberg",
        limit=limit,
        event_time_filter=asked,
    )


def test_all_rows() -> None:
    assert python_input(model(), "events", events()) == {
        "relation": "`s`.`events`",
        "query": None,
        "limit": None,
        "period": None,
    }


def test_no_rows_and_the_rows_of_a_time() -> None:
    asked = python_input(model(), "events", events(0, field_name="at", start=START, end=END))
    assert asked == {
        "relation": "`s`.`events`",
        "query": None,
        "limit": 0,
        "period": {
            "column": "at",
            "start": "2026-01-02 00:00:00+00:00",
            "end": "2026-01-03 00:00:00+00:00",
        },
    }


def test_a_time_without_an_end_and_one_without_bounds() -> None:
    asked = python_input(model(), "events", events(field_name="at", start=START))
    assert asked["period"] == {"column": "at", "start": str(START), "end": None}
    assert python_input(model(), "events", events(field_name="at"))["period"] is None


def test_rows_of_a_time_in_a_version_of_the_table() -> None:
    asked = python_input(
        model(as_of={"events": {"version": 7}}),
        "events",
        events(field_name="at", start=START, end=END),
    )
    assert asked["relation"] == "`s`.`events` version as of 7"
    assert asked["query"] == "select * from `s`.`events` version as of 7"
    assert asked["period"]["end"] == str(END)


@pytest.mark.parametrize("unfiltered", ["events", ["events"], ("raw.clicks", "events")])
def test_an_input_that_is_read_whole(unfiltered: Any) -> None:
    asked = model(unfiltered=unfiltered)
    check_configs(asked)
    found = python_input(asked, "events", events(0, field_name="at", start=START, end=END))
    assert (found["limit"], found["period"]) == (None, None)
    assert python_input(asked, "others", events(0))["limit"] == 0


@pytest.mark.parametrize(
    ("unfiltered", "said"),
    [
        (["clicks"], r"'clicks' is no ref and no source\.table .*events, raw\.clicks"),
        ({"events": True}, "no list of names"),
        ([1], "no list of names"),
    ],
)
def test_what_cannot_be_read_whole(unfiltered: Any, said: str) -> None:
    with pytest.raises(PythonModelRefused, match=rf"models/m\.py: unfiltered: .*{said}"):
        check_configs(model(unfiltered=unfiltered))


def test_sql_has_a_method_instead() -> None:
    with pytest.raises(CompilationError, match=r"ref\('name'\)\.render\(\)"):
        check({**model(unfiltered=["events"]), "language": "sql"})


def test_the_text_of_a_projects_own_ref_is_read_as_it_is() -> None:
    assert python_input(model(), "events", "(select 1 as id)") == {
        "relation": "(select 1 as id)",
        "query": "select * from (select 1 as id)",
        "limit": None,
        "period": None,
    }


def test_a_name_that_dbt_quotes_is_a_name_in_spark() -> None:
    """To Spark `"at"` is a text, which is in no time or in every one."""
    quoted = events(field_name='"at`s"', start=START, end=END)
    assert python_input(model(), "events", quoted)["period"]["column"] == "`at``s`"
    assert str(quoted) == (
        "(select * from `s`.`events` where `at``s` >= '2026-01-02 00:00:00+00:00' and "
        "`at``s` < '2026-01-03 00:00:00+00:00')"
    )
