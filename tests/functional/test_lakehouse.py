"""The example of a lakehouse: three days from nothing, each on what the days before left."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.process.client import stop

from tools.demo import lakehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("example") / "lakehouse"
    ignored = shutil.ignore_patterns(".dbt-glue", ".dbt_glue_cache", "target", "logs")
    shutil.copytree(lakehouse.PROJECT, folder, ignore=ignored)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DBT_GLUE_ENDPOINT_DIR", raising=False)
        lakehouse.build(folder)
        yield folder
    stop(folder / ".dbt-glue")


def rows(project: Path, sql: str) -> list[dict[str, Any]]:
    text = lakehouse.run(
        project, "dbt", "--quiet", "show", "--inline", sql, "--limit", "-1", "--output", "json"
    )
    shown: list[dict[str, Any]] = json.loads(text)["show"]
    return shown


def test_three_days_are_in_the_tables(project: Path) -> None:
    orders = "select status, count(*) as n from {{ ref('orders') }} group by status order by status"
    assert rows(project, orders) == [
        {"status": "cancelled", "n": 20},
        {"status": "placed", "n": 100},
        {"status": "shipped", "n": 180},
    ]
    # One commit for each day, and the first two days' orders are corrected by the day after.
    history = rows(project, lakehouse.HISTORY)
    changes = [(int(row["added"]), int(row["deleted"] or 0)) for row in history]
    assert changes == [(100, 0), (200, 100), (200, 100)]
    plans = rows(
        project,
        "select count(*) as n, count(distinct customer_id) as customers, count(valid_to) as closed "
        "from {{ ref('customers_history') }}",
    )[0]
    assert plans["customers"] == 40
    assert plans["n"] - plans["closed"] == 39  # one customer has left
    revenue = "select sum(orders) as n from {{ ref('revenue_by_plan') }}"
    assert rows(project, revenue) == [{"n": 280}]
