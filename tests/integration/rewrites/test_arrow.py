"""toPandas() by Arrow in models, and where it is left alone; the values are compared in test_arrow_values.py."""

from __future__ import annotations

from typing import Any

import pytest
from arrow_cases import result
from glue_session import arrow_pandas
from glue_session.arrow_pandas import to_pandas
from sessions import both

_ARROW = "spark.sql.execution.arrow.pyspark.enabled"


def test_not_where_the_last_step_chooses_rows_or_the_session_decided(rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    frame = rows.range(10)
    assert to_pandas(frame.limit(3))[1] == "the last step chooses rows"
    assert to_pandas(frame.orderBy("id").limit(3))[1] == "the last step chooses rows"
    assert to_pandas(frame.selectExpr("id", "id"))[1].startswith("two columns have one name")
    assert to_pandas(frame.select())[1].startswith("two columns have one name")
    rows.conf.set(_ARROW, "true")
    assert to_pandas(frame)[1] == "Arrow is on"
    rows.conf.set(_ARROW, "false")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    assert to_pandas(rows.sql("select timestamp'2024-01-01'"))[1].startswith("Arrow may give other")
    monkeypatch.setattr(arrow_pandas, "_SPARKS", set())
    assert to_pandas(frame)[1].startswith("not known of Spark")


def test_a_failure_is_the_one_of_the_rows(rows: Any) -> None:
    frame = rows.sql("select raise_error('no') as c from range(2)").selectExpr("string(c) as c")
    assert result(lambda: to_pandas(frame)[0]) == result(frame.toPandas) != "ArrowInvalid"


def test_the_settings_stay(rows: Any) -> None:
    before = rows.conf.get(_ARROW)
    to_pandas(rows.range(3))
    assert rows.conf.get(_ARROW) == before


@pytest.mark.parametrize(
    "body",
    [
        "pdf = df.toPandas()\nreturn pdf[['id', 'k']].groupby('k').id.sum().reset_index()",
        "pdf = (df.filter('id > 1')\n    .select('id', 'k')  # c\n    .toPandas(\n    ))\nreturn pdf",
        "pdf = (df).toPandas()\npdf = pdf[pdf['d'] < 0.5].reset_index(drop=True)\nreturn pdf.groupby('k')[['d']].sum().reset_index()",
        "frames = []\nfor k in ['0', '1']:\n    frames.append(df.filter(F.col('k') == k).toPandas())\nreturn pd.concat(frames)",
        "try:\n    pdf = df \\\n        .toPandas()\nexcept ValueError:\n    pdf = None\nreturn pdf",
        "def read(frame):\n    return frame.toPandas()\nreturn read(df.select('id'))",
        "pdf = df.limit(3).toPandas()\nreturn pdf",
    ],
)  # fmt: skip
def test_with_the_other_rewrites(rows: Any, body: str) -> None:
    rows.sql(
        "select id, string(id % 3) as k, id / 7 as d, timestamp_seconds(id) as t from range(20)"
    ).createOrReplaceTempView("arrow_t")
    made, before, after = both(rows, body, {"t": "arrow_t"})
    assert "arrow" in {decision.rewrite for decision in made.decisions if decision.applied}
    assert before.same(after, ordered="groupby" not in body), (made.source, before, after)
    assert not before.error
    told = [call for call in after.followed if call["rewrite"] == "arrow"]
    assert told
    assert all(call["applied"] for call in told) == ("limit" not in body), told
