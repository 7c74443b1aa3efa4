"""The config `as_of` of Python models: what is read as of when, and what is refused before anything runs."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.model_config import check
from dbt.adapters.glue.python_models.configs import check_configs
from dbt.adapters.glue.python_models.errors import PythonModelRefused
from dbt.adapters.glue.python_models.moments import as_of_config
from dbt.adapters.glue.relation import GlueRelation

EVENTS = GlueRelation.create(schema="s", identifier="events", table_format="iceberg")


def model(as_of: Any) -> dict[str, Any]:
    return {
        "original_file_path": "models/m.py",
        "language": "python",
        "refs": [{"name": "events", "package": None, "version": None}],
        "sources": [["raw", "clicks"]],
        "config": {"as_of": as_of},
    }


@pytest.mark.parametrize(
    ("value", "rendered"),
    [
        ("2026-11-01 00:00:00", " timestamp as of '2026-11-01 00:00:00'"),
        (datetime.date(2026, 11, 1), " timestamp as of '2026-11-01'"),
        ({"version": 7}, " version as of 7"),
        ({"version": "it's"}, " version as of 'it\\'s'"),
    ],
)
def test_a_ref_as_of_a_moment(value: Any, rendered: str) -> None:
    asked = model({"events": value})
    check_configs(asked)
    assert as_of_config(asked, "events", EVENTS).render() == f"`s`.`events`{rendered}"
    assert as_of_config(asked, "others", EVENTS) is EVENTS


def test_a_source_is_named_with_its_table() -> None:
    check_configs(model({"raw.clicks": {"version": 1}}))
    with pytest.raises(
        PythonModelRefused, match=r"'clicks' is no ref and no source\.table .*raw\.clicks"
    ):
        check_configs(model({"clicks": {"version": 1}}))


@pytest.mark.parametrize(
    "value", [7, True, {"tag": "x"}, {"version": 1, "more": 2}, ["2026-11-01"]]
)
def test_what_is_no_moment(value: Any) -> None:
    with pytest.raises(PythonModelRefused, match=r"models/m\.py: as_of: .*is neither a time nor"):
        as_of_config(model({"events": value}), "events", EVENTS)


def test_names_without_moments() -> None:
    with pytest.raises(PythonModelRefused, match="no mapping of names"):
        check_configs(model("2026-11-01"))


def test_sql_has_a_method_instead() -> None:
    with pytest.raises(CompilationError, match=r"ref\('name'\)\.as_of\("):
        check({**model({"events": "2026-11-01"}), "language": "sql"})
