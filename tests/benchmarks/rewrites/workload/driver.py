"""One driver process of the workload: starts Spark, runs one model once in one way, and writes down what that took.

`python driver.py '{"task": "tables", ...}'` makes the data, "run" runs a model, "compare" reads the results.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from glue_compiler.analysis import analyze
from glue_compiler.plan.planner import Optimize, Plan, RunContext, plan
from glue_compiler.program.emit import ProgramRequest, WriteTarget
from glue_compiler.program.request import Reference, This
from glue_session.dbt_object import Dbt
from glue_session.loading import load_model
from glue_session.model import run_model
from glue_session.output import capture_output
from glue_session.state import attach
from workload_tables import tables_in

SCHEMA = "nyc"
NONCE = "0" * 8
MODELS = Path(__file__).parent / "models"
INCREMENTAL = {"fct_departures"}


def spark_of(asked: dict[str, Any]) -> Any:
    """As a small Glue driver: two cores, a heap that does not change, Spark's defaults for the rest."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", asked["heap"])
        .config("spark.driver.maxResultSize", "0")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", asked["warehouse"])
        .config("spark.local.dir", asked["scratch"])
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    return session


def run(spark: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """One model, as `plain` (the text on plain Spark), `unplanned` (our session, optimize: false) or `planned`."""
    name, way = asked["model"], asked["way"]
    text = (MODELS / f"{name}.py").read_text(encoding="utf-8")
    _register(spark, Path(asked["data"]))
    incremental = name in INCREMENTAL
    context = RunContext(is_incremental=incremental, optimize=Optimize(enabled=way == "planned"))
    planned = plan(analyze(text), text, context)
    request = _request(spark, name, planned, incremental=incremental).payload()
    namespace = {"spark": spark}
    attach(namespace)
    _warm_up(spark)
    gc.collect()
    spark._jvm.System.gc()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, printed, said = _resident("VmRSS"), io.StringIO(), {}
    began = time.monotonic()
    with contextlib.redirect_stdout(printed):
        if way == "plain":
            with capture_output(request["file"], []) as output:
                _as_programs_do(spark, text, request)
            said = {"output": output.text()}
        else:
            run_model(namespace, source=planned.source, request=json.dumps(request), nonce=NONCE)
    ended = time.monotonic()
    if way != "plain":
        frame = printed.getvalue().split(f"<<dbt-glue:{NONCE}>>")[1].splitlines()[0]
        said = json.loads(frame)
        if not said["ok"]:
            raise RuntimeError(json.dumps(said["error"], indent=1))
    return {
        "began": began,
        "ended": ended,
        "python": _resident("VmHWM") - before,
        "printed": said["output"].strip(),
        "rewrites": said.get("rewrites", []),
        "conversion": said.get("conversion", ""),
        "summary": planned.summary(),
    }


def _as_programs_do(spark: Any, text: str, request: dict[str, Any]) -> None:
    """The text as dbt's adapters for Spark run it: one conversion if it is a pandas frame, and one write."""
    import pandas

    model = load_model({"spark": spark}, text, request["file"], {})
    returned = model(Dbt(spark, request), spark)
    if isinstance(returned, pandas.DataFrame):
        returned = spark.createDataFrame(returned)
    returned.write.mode("overwrite").format("parquet").saveAsTable(request["write"]["relation"])


def _register(spark: Any, data: Path) -> None:
    spark.sql(f"create database if not exists {SCHEMA}")
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        spark.sql(f"create table {SCHEMA}.{folder.name} using parquet location '{folder}'")


def _request(spark: Any, name: str, planned: Plan, *, incremental: bool) -> ProgramRequest:
    """What the adapter would send: every table of the schema as a ref, and a table for the result."""
    tables = [row["tableName"] for row in spark.sql(f"show tables in {SCHEMA}").collect()]
    return ProgramRequest(
        unique_id=f"model.workload.{name}",
        filename=f"models/{name}.py",
        source=planned.source,
        nonce=NONCE,
        database=SCHEMA,
        refs=tuple(Reference(table, f"{SCHEMA}.{table}") for table in tables),
        this=This(None, SCHEMA, name, f"{SCHEMA}.{name}"),
        is_incremental=incremental,
        target=WriteTarget(
            f"{SCHEMA}.{name}__result",
            # The adapter's mark of a table that it stages for one run, and then switches to.
            table_properties={"dbt_glue.staged_for": f"{SCHEMA}.{name}"},
        ),
        shown_lines=planned.changed_lines,
        expected_kind=planned.kind,
    )


def _warm_up(spark: Any) -> None:
    """What every driver does once whatever it runs: classes of the JVM, pandas, a write, a Python worker."""
    import pandas as pd

    small = spark.range(1000).selectExpr("id", "id % 7 as k", "cast(id as string) as s")
    small.groupBy("k").count().toPandas()
    spark.createDataFrame(pd.DataFrame({"a": [1.0, 2.0]})).count()
    small.write.mode("overwrite").format("parquet").saveAsTable(f"{SCHEMA}.warm")
    spark.sql(f"drop table {SCHEMA}.warm")


def compare(spark: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Of each result: its columns with their types, its rows, and a sum of hashes of the rows that knows NULL."""
    found: dict[str, Any] = {}
    for name, path in asked["results"].items():
        frame = spark.read.parquet(path)
        columns = [f"`{column}`" for column in frame.columns]
        hashed = f"xxhash64({', '.join([*columns, *(f'{column} is null' for column in columns)])})"
        rows, sums = (
            frame.selectExpr(f"{hashed} as h")
            .selectExpr("count(*)", "sum(cast(h as decimal(38, 0)))")
            .first()
        )
        types = [[field.name, field.dataType.simpleString()] for field in frame.schema.fields]
        found[name] = {"types": types, "rows": rows, "sum": str(sums)}
    return found


def _resident(field: str) -> float:
    """A line of this process's status, in megabytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return float(line.split()[1]) / 1024
    raise LookupError(field)


def main() -> None:
    asked = json.loads(sys.argv[1])
    spark = spark_of(asked)
    tasks = {
        "tables": lambda: tables_in(
            Path(asked["data"]), spark, years=asked["years"], events=asked["events"]
        ),
        "run": lambda: run(spark, asked),
        "compare": lambda: compare(spark, asked),
    }
    answer = tasks[asked["task"]]()
    Path(asked["answer"]).write_text(json.dumps(answer), encoding="utf-8")
    spark.stop()


if __name__ == "__main__":
    main()
