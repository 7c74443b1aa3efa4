"""One plain Spark for all tests of the rewrites, with the tables that their models read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from collections.abc import Iterator

_SET = ("spark.sql.execution.arrow.pyspark.enabled", "spark.sql.session.timeZone")


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from glue_session.state import attach
    from local_spark import local_spark
    from tables import TABLES

    with local_spark(tmp_path_factory.mktemp("warehouse")) as session:
        attach({"spark": session})  # as the runtime's own start does
        for name, query in TABLES.items():
            session.sql(query).createOrReplaceTempView(f"v_{name}")
        yield session


@pytest.fixture
def rows(spark: Any) -> Iterator[Any]:
    """The session with Arrow off, as Glue's are."""
    before = {key: spark.conf.get(key) for key in _SET}
    spark.conf.set(_SET[0], "false")
    yield spark
    for key, value in before.items():
        spark.conf.set(key, value)


@pytest.fixture(autouse=True)
def _aggregate_small_frames_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark aggregates for pandas where a frame is worth it: here every one is."""
    from glue_session import aggregates

    monkeypatch.setattr(aggregates, "SMALL", 0)
