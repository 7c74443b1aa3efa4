"""Whole runs on real Spark, as written and as planned: what is printed, which jobs run, which types the table gets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from glue_compiler.plan.planner import Optimize, RunContext
from glue_compiler.program.emit import ProgramRequest, WriteTarget, emit
from glue_compiler.program.request import Reference, This
from glue_compiler.program.transport import new_nonce, parse_output
from glue_session import model as session_model
from sessions import model_of, plain_value, planned

pytestmark = pytest.mark.spark


@dataclass
class Run:
    """What a run told, the rows that it wrote, and how many Spark jobs it took."""

    outcome: dict[str, Any]
    rows: list[tuple[Any, ...]]
    jobs: int


@pytest.fixture
def run(spark: Any, capfd: pytest.CaptureFixture[str]) -> Any:
    """Runs a body, rewritten or not, and gives a Run."""
    made = 0

    def runs(body: str, *, optimize: bool, **target: Any) -> Run:
        nonlocal made
        made += 1
        plan = planned(model_of(body), RunContext(optimize=Optimize(enabled=optimize)))
        request = ProgramRequest(
            unique_id="model.shop.m",
            filename="models/m.py",
            source=plan.source,
            this=This(None, "default", "m", "`default`.`m`"),
            target=WriteTarget("`default`.`sound_runs`", **target),
            nonce=(nonce := new_nonce()),
            refs=(Reference("t", "v_t"),),
            shown_lines=plan.changed_lines,
            expected_kind=plan.kind,
        )
        group = f"run{made}"
        spark.sparkContext.setJobGroup(group, group)
        scope = {"spark": spark, "__dbt_glue__": session_model}
        exec(compile(emit(request).text, "<program>", "exec"), scope)
        outcome, _ = parse_output(capfd.readouterr().out, nonce)
        jobs = len(spark.sparkContext.statusTracker().getJobIdsForGroup(group))
        found = spark.table("sound_runs").collect() if outcome["ok"] else []
        spark.sql("drop table if exists sound_runs")
        return Run(outcome, sorted((tuple(map(plain_value, row)) for row in found), key=repr), jobs)

    return runs


REPORTED = {
    "a number": "df = df.filter('q > 5')\nn = df.count()\nprint(f'{n:,} rows')\nprint('done')\nreturn df",
    "in the report": "print('start')\ndf = df.repartition(2)\nprint('rows', df.count(), sep=': ')\nreturn df",
    "over a UDF": "big = F.udf(lambda x: x * 2 > 30, 'boolean')\ndf = df.filter(big('q'))\nn = df.count()\nprint('%d rows' % n)\nreturn df",
    "a logger": "import logging, sys\nlog = logging.getLogger('sound')\nlog.handlers = [logging.StreamHandler(sys.stdout)]\nlog.setLevel('INFO')\nlog.info('%s rows', df.count())\nreturn df",
}  # fmt: skip


@pytest.mark.parametrize("body", REPORTED.values(), ids=REPORTED)
def test_a_reported_count_is_the_writes(run: Any, body: str) -> None:
    before, after = run(body, optimize=False), run(body, optimize=True)
    assert "__dbt_glue_after_write__" in planned(model_of(body)).source
    assert before.outcome["ok"], before.outcome
    assert after.outcome["ok"], after.outcome
    assert after.outcome["output"] == before.outcome["output"]
    assert after.outcome["rows"] == before.outcome["rows"]
    assert after.rows == before.rows
    assert after.jobs < before.jobs


def test_a_report_of_a_frame_that_was_not_written_counts_it(run: Any, spark: Any) -> None:
    from glue_session.reports import Reports

    said: list[Any] = []
    reports = Reports(waits=True)
    frame, other = spark.range(3), spark.range(4)
    reports.after_write(reports.calls["__dbt_glue_rows__"](other), said.append)
    reports.after_write(frame, lambda counted: said.append(counted.count()))
    reports.tell(frame, 3)
    assert said == [4, 3]
    at_once = Reports(waits=False)
    at_once.after_write(frame, lambda counted: said.append(counted.count()))
    assert said == [4, 3, 3]


def test_what_the_session_left_as_it_was_is_told(run: Any) -> None:
    body = (
        "pdf = df.toPandas()\npdf = pdf[pdf['name'] == 'x'].reset_index(drop=True)\n"
        "return pd.DataFrame({'n': pdf['n'], 'name': pdf['name']})"
    )
    after = run(body, optimize=True)
    assert after.outcome["ok"], after.outcome
    told = {r["rewrite"]: r for r in after.outcome["rewrites"]}
    assert told["projection"]["applied"]
    line = model_of(body).splitlines().index("    pdf = df.toPandas()") + 1
    assert (told["filters"]["applied"], told["filters"]["line"]) == (False, line)
    assert "NULL decides the pandas type of n" in told["filters"]["why"]
    assert after.rows == run(body, optimize=False).rows


DECLARED = {
    "name": "text",
    "amount": "decimal",
    "id": "bigint",
    "q": "double",
    "price": "decimal(12,2)",
    "later": "date",
}


@pytest.mark.parametrize("frame", ["pandas", "pandas_on_spark"])
def test_a_declared_type_is_the_tables(run: Any, frame: str) -> None:
    made = (
        "pd.DataFrame({'id': pd.array([1, 2], dtype='int32'), 'q': [1, 2], 'later': [None, None]})"
    )
    body = (
        f"return {made}"
        if frame == "pandas"
        else "return df.select(F.col('id').cast('int').alias('id'), F.col('q').cast('int').alias('q'), F.lit(None).alias('later')).pandas_api()"
    )
    found = run(body, optimize=True, declared=DECLARED)
    assert found.outcome["ok"], found.outcome
    assert found.outcome["columns"] == [["id", "long"], ["q", "double"], ["later", "date"]]


def test_a_declaration_that_is_no_type_is_told(run: Any) -> None:
    found = run(
        "return pd.DataFrame({'id': [1]})", optimize=True, declared={"id": "nothing at all"}
    )
    assert found.outcome["ok"], found.outcome
    assert found.outcome["columns"] == [["id", "long"]]
    assert any("is no type of Spark's" in note for note in found.outcome["notes"])


def test_a_pandas_on_spark_type_that_would_lose_something_is_told(run: Any) -> None:
    found = run("return df.select('q').pandas_api()", optimize=True, declared={"q": "tinyint"})
    assert json.dumps(found.outcome["notes"]).count("convert it with .astype") == 1
    assert found.outcome["columns"] == [["q", "integer"]]
