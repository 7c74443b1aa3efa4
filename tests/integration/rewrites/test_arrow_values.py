"""toPandas() by Arrow gives the very frame that Spark makes of rows, and is left alone where it would not."""

from __future__ import annotations

from typing import Any

import pytest
from arrow_cases import OTHERS, VALUES, frames_of, result
from glue_session.arrow_pandas import to_pandas

_ZONE = "spark.sql.session.timeZone"


@pytest.mark.parametrize("kind", VALUES)
def test_the_same_frame(rows: Any, kind: str) -> None:
    for zone in ("UTC", "Europe/Berlin", "+05:30") if kind == "timestamp" else ("UTC",):
        rows.conf.set(_ZONE, zone)
        for name, query in frames_of(kind, VALUES[kind]).items():
            found = to_pandas(rows.sql(query))
            assert found[1] == "", (name, zone)
            assert result(lambda read=found: read[0]) == result(rows.sql(query).toPandas), (name, zone)  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_as_written(rows: Any, kind: str) -> None:
    for name, query in frames_of(kind, OTHERS[kind]).items():
        frame = rows.sql(query)
        assert result(lambda read=frame: to_pandas(read)[0]) == result(frame.toPandas), name
        assert kind in ("timestamp", "string") or to_pandas(frame)[1].startswith("Arrow may give other"), name  # fmt: skip


def test_the_same_rows_of_many_batches(rows: Any) -> None:
    columns = [
        f"if(id % 5 = 2, null, element_at(array({', '.join(f'cast({v} as {kind})' for v in values)}),"
        f" int(id % {len(values)}) + 1)) as `{kind}`"
        for kind, values in VALUES.items()
    ]
    ids = rows.range(0, 30_000, 1, 3)
    for some in (ids, ids.sort(ids.id.desc()), ids.filter("id % 7 = 0 or id > 20000")):
        frame = some.selectExpr("id", *columns)
        found, why = to_pandas(frame)
        assert why == ""
        assert result(lambda read=found: read) == result(frame.toPandas)
