"""CPU time of the analysis and the checks of one model, as ratios to `ast.parse` and to libcst's parser.

python tests/benchmarks/compiler/bench_analyze.py [rounds] [lines ...]
"""

from __future__ import annotations

import ast
import gc
import sys
import time
from typing import TYPE_CHECKING

import libcst as cst
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.project.settings import settings_from
from glue_compiler.rules import rule_names
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable

_HEAD = '''\
"""Daily facts of the shop, one section per region."""
import datetime as dt

import pandas as pd
from pyspark.sql import functions as F
from pyspark.sql.window import Window

THRESHOLD = 100
REGIONS = ["north", "south", "east", "west"]
'''

_HELPER = '''

def enrich_{n}(events, customers, rate=1.25):
    """Orders of region {n} with their customers."""
    w = Window.partitionBy("customer_id").orderBy(F.col("ordered_at").desc())
    ranked = events.withColumn("rank_{n}", F.row_number().over(w)).filter(F.col("rank_{n}") <= 3)
    joined = ranked.join(customers.select("customer_id", "country", "segment"), "customer_id", "left")
    total = joined.groupBy("country", "segment").agg(
        F.sum(F.col("amount") * F.lit(rate)).alias("total_{n}"),
        F.countDistinct("order_id").alias("orders_{n}"),
        F.max("ordered_at").alias("last_{n}"),
    )
    for column in ["total_{n}", "orders_{n}"]:
        total = total.withColumn(column, F.coalesce(F.col(column), F.lit(0)))
    flagged = total.withColumn(
        "flag_{n}",
        F.when(F.col("total_{n}") > THRESHOLD, "high").when(F.col("total_{n}") > 10, "mid").otherwise("low"),
    )
    if rate > 2 and flagged is not None:
        names = {{name: name.upper() for name in flagged.columns if not name.startswith("_")}}
        flagged = flagged.select([F.col(old).alias(new) for old, new in names.items()])
    return flagged.drop("segment").dropDuplicates(["country"])
'''

_MODEL_HEAD = """

def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="country", packages=["pandas"])
    events = dbt.ref("events").filter("amount > 0")
    customers = dbt.ref("customers")
    if dbt.is_incremental:
        newest = session.sql(f"select max(ordered_at) from {dbt.this}").collect()[0][0]
        if newest is not None:
            events = events.filter(F.col("ordered_at") > newest)
    started = dt.datetime(2024, 1, 1)
    rates = pd.DataFrame({"region": REGIONS, "rate": [1.0, 1.1, 1.2, 1.3]})
    result = session.createDataFrame(rates)
"""

_USE = """\
    part_{n} = enrich_{n}(events, customers, rate={n}.5)
    part_{n} = part_{n}.withColumn("region", F.lit(REGIONS[{n} % 4])).withColumn("at", F.lit(started))
    result = result.join(part_{n}.select("region", "country", "total_{n}", "flag_{n}"), "region", "left")
    if part_{n}.count() == 0:
        result = result.filter(F.col("region") != REGIONS[{n} % 4])
"""


def model_of(lines: int) -> str:
    """A dense PySpark model of about that many lines."""
    sections = max(1, round((lines - 23) / 30))
    helpers = "".join(_HELPER.format(n=number) for number in range(sections))
    uses = "".join(_USE.format(n=number) for number in range(sections))
    return f"{_HEAD}{helpers}{_MODEL_HEAD}{uses}    return result\n"


def _cost(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def costs(text: str, rounds: int) -> dict[str, float]:
    """The least CPU milliseconds of each step, over interleaved rounds."""
    settings = settings_from({}, "benchmark", rule_names())
    source = SourceText(text)
    facts = analyze(source, settings.options)
    steps: dict[str, Callable[[], object]] = {
        "ast.parse": lambda: ast.parse(text),
        "libcst.parse_module": lambda: cst.parse_module(text),
        "analyze": lambda: analyze(text, settings.options),
        "check": lambda: check(facts, source, None, settings, path="models/model.py"),
    }
    least: dict[str, float] = {}
    for _ in range(rounds):
        for name, work in steps.items():
            gc.collect()
            least[name] = min(least.get(name, float("inf")), _cost(work))
    return least


def main(rounds: int, sizes: list[int]) -> None:
    """Print a table of milliseconds and ratios."""
    out = sys.stdout.write
    heads = ("ast.parse", "libcst.parse_module", "analyze", "check")
    out(f"{'lines':>6}  " + "  ".join(f"{head:>19}" for head in heads) + "  analyze/libcst\n")
    for size in sizes:
        text = model_of(size)
        found = costs(text, rounds)
        row = "  ".join(f"{found[head]:16.1f} ms" for head in heads)
        ratio = found["analyze"] / found["libcst.parse_module"]
        out(f"{text.count(chr(10)):6}  {row}  {ratio:13.2f}x\n")


if __name__ == "__main__":
    arguments = [int(item) for item in sys.argv[1:]]
    main(arguments[0] if arguments else 10, arguments[1:] or [50, 190, 2000])
