"""What the rewrites gain: the same models as written and as planned, on one Spark and the same data.

    python tests/benchmarks/rewrites/measure.py [--programs 240] [--rows 300000]

Prints the seconds of both and their ratio; first, that generated models give the same results.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "integration" / "rewrites"))

from glue_compiler.analysis import analyze
from glue_compiler.plan import RunContext, plan
from glue_compiler.runtime.model_dbt import Dbt
from glue_compiler.runtime.model_session import _loaded
from programs import CONFIG, TABLES, program
from sessions import both, model_of, planned

COLUMNS = 60
GAINS = {
    "5 of 60 columns to pandas": "pdf = df.toPandas()\nx = pdf.groupby('c1')[['c2', 'c3', 'c4', 'c5']].sum()\nreturn session.createDataFrame(x)",
    "a filter before the driver": "pdf = df.select('k', 'd1', 'd2', 'd3').toPandas()\npdf = pdf[pdf['d1'] < 0.05].reset_index(drop=True)\nx = pdf.groupby('k')[['d1', 'd2', 'd3']].sum()\nreturn session.createDataFrame(x)",
    "an emptiness test": "h = df.join(df.select(F.col('id').alias('z')), F.col('id') == F.col('z')).filter('c1 > 0')\nif h.count() == 0:\n    return df\nreturn df.limit(1)",
    "200 columns in a loop": "for i in range(200):\n    df = df.withColumn('n' + str(i), F.lit(i))\nreturn df",
}  # fmt: skip


def main() -> None:
    """Checks the programs, then measures."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--programs", type=int, default=240)
    arguments.add_argument("--rows", type=int, default=300_000)
    asked = arguments.parse_args()
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory() as folder:
        spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.driver.memory", "3g")
            .config("spark.sql.warehouse.dir", folder)
            .getOrCreate()
        )
        spark.sparkContext.setLogLevel("ERROR")
        try:
            _check(spark, asked.programs)
            _gains(spark, asked.rows, folder)
            _planner()
        finally:
            spark.stop()


def _check(spark: Any, programs: int) -> None:
    for name, query in TABLES.items():
        spark.sql(query).createOrReplaceTempView(f"v_{name}")
    changed = 0
    for seed in range(programs):
        random = Random(seed)
        body, table = program(random)
        spark.conf.set(
            "spark.sql.execution.arrow.pyspark.enabled", str(random.random() < 0.5).lower()
        )
        context = RunContext(is_incremental=random.random() < 0.5, config=CONFIG)
        made, before, after = both(spark, body, {"t": f"v_{table}"}, context)
        if not before.same(after, ordered=True):
            raise SystemExit(f"program {seed} differs\n{made.source}\n{before}\n{after}")
        changed += made.source != made.original
    print(f"{programs} programs give the same with and without rewrites; {changed} were rewritten")


def _gains(spark: Any, rows: int, folder: str) -> None:
    columns = [f"cast(id % {7 + i} as double) as c{i}" for i in range(1, COLUMNS)]
    wide = [*columns, "cast(id % 5 as string) as k", *(f"rand({i}) as d{i}" for i in (1, 2, 3))]
    spark.range(rows).selectExpr("id", *wide).write.parquet(f"{folder}/wide")
    spark.read.parquet(f"{folder}/wide").createOrReplaceTempView("v_wide")
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    for name, body in GAINS.items():
        text = model_of(body)
        made = planned(body)
        _run(spark, text)
        before, after = _run(spark, text), _run(spark, made.source)
        print(f"{name:30} {before:7.2f} s -> {after:6.2f} s  {before / after:5.1f}x")


def _run(spark: Any, source: str) -> float:
    request = {
        "refs": [{"package": None, "name": "t", "version": None, "relation": "v_wide"}],
        "sources": [],
        "config": {},
        "meta": {},
        "this": {"database": None, "schema": "s", "identifier": "m", "relation": "m"},
        "is_incremental": False,
    }
    model = _loaded({"spark": spark}, source, "models/m.py", {})
    started = time.perf_counter()
    model(Dbt(spark, request), spark)
    return time.perf_counter() - started


def _planner() -> None:
    text = model_of("\n".join(body.replace("return", "x =") for body in GAINS.values()))
    facts = analyze(text)
    started = time.process_time()
    for _ in range(20):
        plan(facts, text, RunContext())
    print(
        f"planning a model of {text.count(chr(10))} lines: {(time.process_time() - started) * 50:.1f} ms"
    )


if __name__ == "__main__":
    main()
