"""Answers that are no pages, and that Glue cuts: an error comes with its reason, a long answer in parts, nothing runs twice."""

from __future__ import annotations

import contextlib
import io
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from glue_session.answers import print_answer
from glue_session.pages import sql_page

from dbt.adapters.glue.cursor import GlueHandle
from dbt.adapters.glue.errors import StatementFailed
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool
from tests.unit.adapter.scripted_glue import Glue, clients

if TYPE_CHECKING:
    from collections.abc import Callable


class Runtime:
    """Statements run by the session's own answering code, which calls `run`; Glue cuts what they print after `limit`."""

    def __init__(self, glue: Glue, run: Callable[[dict[str, Any]], dict[str, Any]], limit: int) -> None:  # fmt: skip
        self.calls: list[str] = []
        self._printed: list[str] = []
        self._limit = limit
        answering = lambda packed: print_answer(packed, run)  # noqa: E731
        self._names = {
            "__dbt_glue__": SimpleNamespace(
                sql=answering, describe_tables=answering, sql_page=sql_page
            )
        }
        glue.script.update(RunStatement=[self.run], GetStatement=[self.output])

    def run(self, parameters: dict[str, Any]) -> dict[str, Any]:
        printed = io.StringIO()
        called = re.match(r"__dbt_glue__\.(\w+)\(", parameters["Code"])
        if called:
            self.calls.append(called[1])
            with contextlib.redirect_stdout(printed):
                exec(parameters["Code"], dict(self._names))
        self._printed.append(printed.getvalue()[: self._limit])
        return {"Id": len(self._printed) - 1}

    def output(self, parameters: dict[str, Any]) -> dict[str, Any]:
        data = {"TextPlain": self._printed[parameters["Id"]]}
        output = {"Status": "ok", "Data": data}
        return {"Statement": {"Id": parameters["Id"], "State": "AVAILABLE", "Output": output}}


@pytest.fixture
def handle(glue: Glue) -> GlueHandle:
    aws = clients(glue)
    pool = SessionPool(aws.sessions, aws._credentials)
    glue.pools.append(pool)
    return GlueHandle(pool, Environment.of(aws._credentials), "")


def fails(_: dict[str, Any]) -> dict[str, Any]:
    raise ValueError("no column named amuont" + " in this plan" * 200_000)


@pytest.mark.parametrize("limit", [30_000, 3_000])
@pytest.mark.parametrize("fetch", [True, False])
def test_an_error_that_is_cut_still_says_what_it_is(
    glue: Glue, handle: GlueHandle, fetch: bool, limit: int
) -> None:
    runtime = Runtime(glue, fails, limit)
    with pytest.raises(StatementFailed, match="ValueError: no column named amuont"):
        handle.cursor().execute("select amuont", fetch=fetch)
    assert runtime.calls.count("sql") == 1


def test_a_long_answer_comes_in_parts(glue: Glue, handle: GlueHandle) -> None:
    tables = {f"s.t{n}": {"schema": {"fields": ["ä\\"] * 50}, "comment": None} for n in range(200)}
    old_data = [{"root": "s3://b/x"}]
    runtime = Runtime(glue, lambda _: {"tables": tables, "warnings": ["careful"], "old_data": old_data}, 20_000)  # fmt: skip
    assert handle.call("describe_tables", {"tables": []}).framed["tables"] == tables
    assert runtime.calls.count("describe_tables") == 1


def test_an_answer_that_is_not_there_is_not_made_up(glue: Glue, handle: GlueHandle) -> None:
    runtime = Runtime(glue, lambda _: {"tables": {}}, 0)
    with pytest.raises(StatementFailed, match="Glue cuts what statements of this session print"):
        handle.call("describe_tables", {"tables": []})
    assert runtime.calls.count("describe_tables") == 1
