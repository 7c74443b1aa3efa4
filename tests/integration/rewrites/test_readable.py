"""The program that people read gives what the program gives that a session gets, on real Spark."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, Any

import pytest
from glue_compiler.plan.planner import RunContext
from glue_compiler.rewrites.plain import SESSION_NAME
from hypothesis import HealthCheck, Phase, given, settings
from programs import SHAPES
from readings import read_outcome, reading
from sessions import HEADER, both, model_of

if TYPE_CHECKING:
    from pathlib import Path

    from programs import Program

pytestmark = pytest.mark.spark

PROGRAMS = int(os.environ.get("DBT_GLUE_REWRITE_PROGRAMS", "3"))
_ARROW = "spark.sql.execution.arrow.pyspark.enabled"


@pytest.mark.parametrize("name", SHAPES)
def test_generated_programs_read_as_they_run(spark: Any, name: str, tmp_path: Path) -> None:
    @settings(
        max_examples=PROGRAMS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(SHAPES[name].programs)
    def judge(program: Program) -> None:
        view = program.table.view(spark, "v_read", tmp_path)
        spark.conf.set(_ARROW, str(program.arrow).lower())
        _, written, planned = both(spark, program.body, {"t": view}, program.context)
        text = reading(model_of(program.body), {"t": view}, program.context)
        found = read_outcome(spark, text)
        spark.catalog.clearCache()
        if not planned.error:
            told = f"{program}\n{text}\nin the session: {planned}\nas read: {found}"
            assert planned.same(found, ordered=program.ordered), told
            if not program.context.optimize_actions:
                assert found.printed == written.printed, told
        assert not SESSION_NAME.search(text)
        ast.parse(text)

    judge()


def test_the_session_tells_the_columns_and_rows_that_it_moved(spark: Any) -> None:
    body = 'rows = df.collect()\nreturn session.createDataFrame([(row["id"],) for row in rows], ["id"])'
    _, _, planned = both(spark, body, {"t": "v_t"})
    (done,) = [each for each in planned.followed if each["rewrite"] == "projection"]
    assert done["applied"], done["why"]
    assert (done["columns"], done["rows"]) == ([1, 12], 6)


WRITTEN = """
def model(dbt, session):
    df = dbt.ref("t").filter("id < 3")
    print(df.count())
    for name in ["amount", "q"]:
        df = df.withColumn(f"has_{name}", F.col(name).isNotNull())
    return df
"""


def test_a_readable_program_writes_and_shows_its_scratch_table(
    spark: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    text = reading(HEADER + WRITTEN, {"t": "v_t"}, RunContext())
    exec(compile(text, "<pasted>", "exec"), {"spark": spark, "__name__": "__main__"})
    assert [row.id for row in spark.table("m__standalone").orderBy("id").collect()] == [1, 2]
    assert {"has_amount", "has_q"} <= set(spark.table("m__standalone").columns)
    assert "has_amount" in capfd.readouterr().out
    spark.sql("drop table m__standalone")
