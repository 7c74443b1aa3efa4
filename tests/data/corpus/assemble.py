"""Assembles a dbt project of many real-looking Python models, always the same for the same numbers.

    python tests/data/corpus/assemble.py FOLDER [models] [--planted]

Shapes, sizes and their shares follow what public dbt projects look like: mostly short models with one
ref, configs, column expressions and aggregates, some incremental, pandas, UDFs, SQL, classes, helpers
and a few very long ones. With `--planted`, every third model carries one mistake, and `PLANTED.json`
tells its rule and range.
"""

from __future__ import annotations

import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OPEN, CLOSE = "⟦", "⟧"
STAGING = ("orders", "items", "customers", "events", "visits", "payments", "products", "shops")
COLUMNS = ("id", "customer_id", "shop_id", "amount", "quantity", "day", "status", "updated_at")
F = "from pyspark.sql import functions as F\n"
TYPES = "from pyspark.sql.types import IntegerType, StringType, StructField, StructType\n"
PANDAS = "import pandas as pd\n"


@dataclass(frozen=True)
class Planted:
    """A mistake in a file: the rule's code, and its range in code points."""

    path: str
    code: str
    start: int
    end: int


@dataclass
class Draft:
    """A model being put together: what stands above it, its config and its body without indent."""

    number: int
    ref: str
    other: str
    head: str
    body: list[str]
    config: dict[str, str]
    end: str

    def text(self, docstring: str) -> str:
        options = ", ".join(f"{key}={value}" for key, value in self.config.items())
        lines = [f"dbt.config({options})"] if options else []
        lines += [*self.body, self.end]
        indented = "\n".join(
            f"    {line}" if line else "" for block in lines for line in block.split("\n")
        )
        head = f"{self.head}\n\n" if self.head else ""
        return f'"""{docstring}"""\n\n{head}def model(dbt, session):\n{indented}\n'


def _amounts(chance: random.Random, draft: Draft) -> None:
    """Select, filter, add columns."""
    draft.head += F
    draft.body += [
        f'{draft.ref} = dbt.ref("stg_{draft.ref}")',
        f'{draft.ref} = {draft.ref}.filter(F.col("status") != "cancelled")',
        f'result = {draft.ref}.select("id", "customer_id", "amount", "quantity", "day")',
        'result = result.withColumn("total", F.col("amount") * F.col("quantity"))',
    ]
    for index in range(chance.randint(0, 6)):
        draft.body.append(
            f'result = result.withColumn("total_{index}", F.round(F.col("total") * {index + 2}, 2))'
        )


def _aggregate(chance: random.Random, draft: Draft) -> None:
    """Group and aggregate after a join by name."""
    draft.head += F
    draft.body += [
        f'{draft.ref} = dbt.ref("stg_{draft.ref}")',
        f'{draft.other} = dbt.ref("stg_{draft.other}").select("customer_id", "shop_id").distinct()',
        (
            f"joined = {draft.ref}.drop('shop_id').join(\n    {draft.other},\n"
            f'    on="customer_id",\n    how="{chance.choice(["left", "inner"])}",\n)'
        ),
        (
            "result = (\n"
            '    joined.groupBy("shop_id", F.to_date("day").alias("day"))\n'
            '    .agg(F.sum("amount").alias("amount"), F.countDistinct("customer_id").alias("customers"))\n'
            '    .orderBy("day")\n)'
        ),
    ]


def _incremental(chance: random.Random, draft: Draft) -> None:
    """Append or merge rows newer than the newest."""
    draft.head += F
    draft.config |= {
        "materialized": '"incremental"',
        "unique_key": '"id"',
        "on_schema_change": '"append_new_columns"',
    }
    guard = chance.choice(["if newest is not None:", "if newest:"])
    draft.body += [
        f'result = dbt.ref("stg_{draft.ref}")',
        (
            "if dbt.is_incremental:\n"
            '    newest = session.sql(f"select max(updated_at) from {dbt.this}").collect()[0][0]\n'
            f"    {guard}\n"
            '        result = result.filter(F.col("updated_at") > F.lit(newest))'
        ),
        'result = result.withColumn("loaded_at", F.current_timestamp())',
    ]


def _pandas(chance: random.Random, draft: Draft) -> None:
    """Scores on the driver."""
    draft.head += (
        PANDAS + "\n\ndef grade(points: float) -> str:\n    return 'A' if points > 90 else 'B'\n"
    )
    draft.body += [
        f'scores = dbt.ref("stg_{draft.ref}").select("id", "amount", "day").toPandas()',
        'scores["amount"] = pd.to_numeric(scores["amount"])',
        'scores["grade"] = scores["amount"].apply(grade)',
        'scores = scores.sort_values("day").drop_duplicates(subset=["id"])',
        f"result = scores.head({chance.randint(10, 900)}).reset_index(drop=True)",
    ]


def _pandas_on_spark(chance: random.Random, draft: Draft) -> None:
    """The pandas API over Spark."""
    draft.body += [
        f'frame = dbt.ref("stg_{draft.ref}").pandas_api()',
        f'frame["price"] = frame["amount"] / {chance.randint(2, 9)}',
        'frame["large"] = frame["price"] > 100',
        "result = frame.to_spark()",
    ]


def _udf(chance: random.Random, draft: Draft) -> None:
    """A Python function for every row."""
    draft.head += (
        F
        + TYPES
        + "\n\n@F.udf(returnType=StringType())\ndef initials(name):\n    if name is None:\n"
        "        return None\n    return ''.join(part[0] for part in name.split())\n"
    )
    draft.body += [
        f'result = dbt.ref("stg_{draft.ref}")',
        'result = result.withColumn("initials", initials(F.col("status")))',
        f'result = result.where(F.length("initials") < {chance.randint(2, 5)})',
    ]


def _sql(chance: random.Random, draft: Draft) -> None:
    """SQL over temporary views."""
    view = f"view_{draft.number}"
    draft.body += [
        f'dbt.ref("stg_{draft.ref}").createOrReplaceTempView("{view}")',
        (
            'result = session.sql(\n    """\n    with daily as (\n'
            f"        select shop_id, day, count(*) as n from {view} group by 1, 2\n    )\n"
            f'    select shop_id, max(n) as most from daily where n > {chance.randint(1, 9)} group by 1\n    """\n)'
        ),
    ]


def _early_end(chance: random.Random, draft: Draft) -> None:
    """Nothing new: an empty frame of a schema."""
    draft.head += (
        F + TYPES + "\nSCHEMA = StructType(\n    [\n        StructField('id', StringType()),\n"
        "        StructField('status', StringType()),\n    ]\n)\n"
    )
    draft.body += [
        f'new = dbt.ref("stg_{draft.ref}").filter(F.col("quantity") > {chance.randint(1, 50)})',
        "if new.isEmpty():\n    return session.createDataFrame([], SCHEMA)",
        'result = new.select(F.col("id").cast("string").alias("id"), F.lower("status").alias("status"))',
    ]


def _helpers(chance: random.Random, draft: Draft) -> None:
    """Local functions, loops over literals, comprehensions."""
    draft.head += (
        F + "\nDAYS = [1, 7, 28]\n\n\ndef recent(frame, days):\n"
        '    return frame.filter(F.col("day") > F.date_sub(F.current_date(), days))\n'
        "\n\ndef counted(frame, days):\n"
        '    return recent(frame, days).groupBy("customer_id").agg(F.count("id").alias(f"n_{days}"))\n'
    )
    draft.body += [
        f'source = dbt.ref("stg_{draft.ref}")',
        'result = source.select("customer_id").distinct()',
        "for days in DAYS:\n    result = result.join(counted(source, days), 'customer_id', 'left')",
        f'limit = dbt.config.get("row_limit", {chance.randint(100, 999)})',
        "result = result.limit(limit)",
    ]


def _windows(chance: random.Random, draft: Draft) -> None:
    """The newest row of each key."""
    draft.head += "from pyspark.sql import Window\n" + F
    draft.body += [
        f'ranked = dbt.source("raw", "{draft.ref}")',
        'window = Window.partitionBy("id").orderBy(F.col("updated_at").desc())',
        'ranked = ranked.withColumn("place", F.row_number().over(window))',
        f'result = ranked.filter(F.col("place") <= {chance.randint(1, 3)}).drop("place")',
    ]


def _class(chance: random.Random, draft: Draft) -> None:
    """A pipeline class."""
    draft.head += (
        F
        + "\n\nclass Pipeline:\n    def __init__(self, frame, size):\n        self.frame = frame\n"
        "        self.size = size\n\n    def run(self):\n"
        '        large = self.frame.filter(F.col("amount") > self.size)\n'
        '        return large.groupBy("shop_id").count()\n'
    )
    draft.body += [
        f'result = Pipeline(dbt.ref("stg_{draft.ref}"), {chance.randint(5, 500)}).run()',
    ]


def _union(chance: random.Random, draft: Draft) -> None:
    """Several refs under each other."""
    draft.head += "from functools import reduce\n\n" + F
    names = chance.sample(STAGING, chance.randint(2, 5))
    reads = "".join(f'    dbt.ref("stg_{name}").select("id", "amount", "day"),\n' for name in names)
    draft.body += [
        f"parts = [\n{reads}]",
        "result = reduce(lambda a, b: a.unionByName(b), parts)",
        'result = result.withColumn("year", F.year("day"))',
    ]


def _seeded(chance: random.Random, draft: Draft) -> None:
    """A seed joined by its key."""
    draft.head += F
    draft.body += [
        f'result = dbt.ref("stg_{draft.ref}").withColumn("code", F.upper("status"))',
        'countries = dbt.ref("countries").select("code", F.col("name").alias("country"))',
        'result = result.join(F.broadcast(countries), on="code", how="left")',
    ]
    if chance.random() < 0.5:
        draft.body.append('result = result.fillna("none", subset=["country"])')


def _texts_and_times(chance: random.Random, draft: Draft) -> None:
    """Strings, dates, categories and arrays of pandas series."""
    draft.head += PANDAS
    draft.body += [
        f'result = dbt.ref("stg_{draft.ref}").select("id", "amount", "day", "status").toPandas()',
        'result["status"] = result["status"].str.strip().str.lower().fillna("none")',
        'result["kind"] = result["status"].str.split("-", n=1).str[0].str.title()',
        'result["day"] = pd.to_datetime(result["day"]).dt.tz_localize(None)',
        'result["week"] = result["day"].dt.isocalendar().week.astype("int64")',
        'result["code"] = result["kind"].astype("category").cat.codes',
        'result["scaled"] = result["amount"].values / result["amount"].max()',
        f'result = result[result["status"].str.contains("a{chance.randint(1, 9)}") == False]',
        'first = result["kind"].iloc[0].upper() if len(result) else ""',
        f'result.insert(0, "first_{draft.number}", first)',
        'result.pop("scaled")',
    ]
    if chance.random() < 0.5:
        draft.body.append('parts = result["status"].str.extract(r"(?P<a>\\w)(?P<b>\\w*)")')
        draft.body.append('result = result.join(parts.add_prefix("part_"))')


def _unpivoted(chance: random.Random, draft: Draft) -> None:
    """A row for each of some columns, and a guarded watermark."""
    draft.head += F
    draft.config |= {"materialized": '"incremental"', "incremental_strategy": '"append"'}
    draft.body += [
        f'result = dbt.ref("stg_{draft.ref}").select("id", "day", "amount", "quantity")',
        "newest = None",
        (
            "if dbt.is_incremental:\n"
            '    newest = session.sql(f"select max(day) from {dbt.this}").collect()[0][0]\n'
            f"    late = {chance.randint(1, 9)}"
        ),
        (
            "if newest is not None:\n"
            '    result = result.filter(F.col("day") > F.date_sub(F.lit(newest), late))'
        ),
        'result = result.unpivot(["id", "day"], ["amount", "quantity"], "name", "value")',
        f'result = result.select("id", "name", (F.col("value") * {chance.randint(2, 9)}).alias("value"))',
        "count = late if dbt.is_incremental and newest is not None else 0",
        'result = result.withColumn("late", F.lit(count))',
    ]


def _long(chance: random.Random, draft: Draft) -> None:
    """Feature engineering, hundreds of lines."""
    _amounts(chance, draft)
    for index in range(chance.choice([60, 120, 250, 600])):
        kind = index % 3
        if kind == 0:
            draft.body.append(
                f'result = result.withColumn("flag_{index}", F.when(F.col("amount") > {index}, 1).otherwise(0))'
            )
        elif kind == 1:
            draft.body.append(f"# feature {index}\nlimit_{index} = {index} * 2")
        else:
            draft.body.append(
                f"result = result.withColumn(\n    'step_{index}',\n"
                f'    F.col("total") + F.lit(limit_{index - 1}),\n)'
            )


SHAPES: tuple[tuple[Callable[[random.Random, Draft], None], int], ...] = (
    (_amounts, 8),
    (_aggregate, 7),
    (_incremental, 6),
    (_pandas, 4),
    (_pandas_on_spark, 2),
    (_udf, 2),
    (_sql, 2),
    (_early_end, 3),
    (_helpers, 4),
    (_windows, 3),
    (_class, 1),
    (_union, 3),
    (_seeded, 3),
    (_texts_and_times, 3),
    (_unpivoted, 2),
    (_long, 1),
)


# -- mistakes --------------------------------------------------------------------------------


def _statement(code: str, *lines: str) -> Callable[[Draft], str]:
    def plant(draft: Draft) -> str:
        draft.body = [*draft.body[:], *lines]
        return code

    return plant


def _configured(code: str, key: str, value: str) -> Callable[[Draft], str]:
    def plant(draft: Draft) -> str:
        draft.config = {**draft.config, key: value}
        return code

    return plant


def _imported(code: str, line: str) -> Callable[[Draft], str]:
    def plant(draft: Draft) -> str:
        draft.head = f"{line}\n{draft.head}"
        name = line.split()[1].strip(OPEN + CLOSE)
        draft.body.append(f"session.conf.set('spark.app.note', {name}.__version__)")
        return code

    return plant


def _ended(code: str, end: str) -> Callable[[Draft], str]:
    def plant(draft: Draft) -> str:
        draft.end = end
        return code

    return plant


_WATERMARK = 'mark = session.sql(f"select max(day) from {dbt.this}").collect()[0][0]'
MISTAKES: tuple[Callable[[Draft], str], ...] = (
    _statement("GLU002", "# as ⟦{{⟧ ref('orders') }} in SQL"),
    _ended("GLU108", "⟦if dbt.is_incremental:⟧\n    return result\nelse:\n    return result"),
    _ended("GLU109", "return ⟦result, 1⟧"),
    _statement("GLU201", 'keys = ⟦dbt.ref("stg_orders")⟧[["id"]].distinct()', "keys.show()"),
    _statement("GLU202", 'which = "stg_orders"', "other = dbt.ref(⟦which⟧)", "other.show()"),
    _statement("GLU208", 'lost = dbt.ref(⟦"stg_ordres"⟧)', "lost.show()"),
    _statement("GLU209", 'lost = dbt.source("raw", ⟦"ordres"⟧)', "lost.show()"),
    _statement("GLU214", 'start = dbt.⟦var⟧("start")', "session.conf.set('start', start)"),
    _configured("GLU301", "⟦enable⟧", "True"),
    _configured("GLU302", "enabled", '⟦"no"⟧'),
    _imported("GLU402", "import ⟦sklearn⟧"),
    _statement("GLU501", "total = ⟦resutl⟧.count()", "session.conf.set('total', total)"),
    _statement(
        "GLU502",
        "if dbt.is_incremental:\n    since = '2024-01-01'",
        "session.conf.set('since', ⟦since⟧)",
    ),
    _statement("GLU601", 'codes = dbt.ref("countries").select("⟦cdoe⟧")', "codes.show()"),
    _statement(
        "GLU602", 'rows = dbt.ref("stg_orders").⟦to_pandas⟧()', "session.conf.set('n', len(rows))"
    ),
    _statement("GLU604", 'extra = dbt.ref("stg_orders")', '⟦extra["x"]⟧ = 1', "extra.show()"),
    _statement("GLU605", 'kept = dbt.ref("stg_orders")', '⟦kept.filter("id > 3")⟧', "kept.show()"),
    _statement(
        "GLU608",
        'left = dbt.ref("stg_orders").select("id", "day")',
        'right = dbt.ref("stg_items").select("day", "id")',
        "left.union(⟦right⟧).show()",
    ),
    _statement(
        "GLU610",
        'fresh = dbt.ref("stg_events")',
        f"if dbt.is_incremental:\n    {_WATERMARK}\n    fresh = fresh.filter(⟦fresh.day > mark⟧)",
        "fresh.show()",
    ),
    _statement("GLU701", 'some = dbt.ref("stg_items")', "if ⟦some.count() == 0⟧:\n    some.show()"),
)


def assemble(folder: Path, models: int = 300, *, planted: bool = False) -> list[Planted]:
    """Write the project into a folder; what was planted, in order of the files."""
    _project(folder)
    chance = random.Random(20_000 + models)
    shapes = [shape for shape, weight in SHAPES for _ in range(weight)]
    found = []
    for number in range(models):
        ref, other = chance.sample(STAGING, 2)
        draft = Draft(number, ref, other, "", [], {}, "return result")
        if chance.random() < 0.5:
            draft.config["materialized"] = '"table"'
        if chance.random() < 0.3:
            draft.config["tags"] = '["nightly", "finance"]'
        shape = chance.choice(shapes)
        shape(chance, draft)
        code = None
        if planted and number % 3 == 0:
            code = MISTAKES[(number // 3) % len(MISTAKES)](draft)
        marked = draft.text(f"{(shape.__doc__ or '').split('.')[0]}, number {number}.")
        text = marked.replace(OPEN, "").replace(CLOSE, "")
        path = f"models/area_{number % 12:02}/model_{number:03}.py"
        _write(folder / path, text)
        if code is not None:
            start = marked.index(OPEN)
            found.append(Planted(path, code, start, marked.index(CLOSE) - 1))
    return found


def _project(folder: Path) -> None:
    _write(
        folder / "dbt_project.yml",
        "name: corpus\nversion: '1.0'\nprofile: corpus\nmodel-paths: [models]\nseed-paths: [seeds]\n",
    )
    _write(
        folder / "profiles.yml",
        "corpus:\n  target: dev\n  outputs:\n    dev:\n      type: glue\n      endpoint: local\n"
        "      schema: corpus\n      threads: 1\n",
    )
    _write(
        folder / "seeds/countries.csv", "code,name,continent\nDE,Germany,Europe\nPE,Peru,America\n"
    )
    tables = "".join(f"      - name: {name}\n" for name in STAGING)
    _write(folder / "models/sources.yml", f"sources:\n  - name: raw\n    tables:\n{tables}")
    listed = "".join(f"      - name: {column}\n" for column in COLUMNS)
    described = "".join(f"  - name: stg_{name}\n    columns:\n{listed}" for name in STAGING)
    _write(folder / "models/staging/schema.yml", f"models:\n{described}")
    for name in STAGING:
        selected = ", ".join(COLUMNS)
        _write(
            folder / f"models/staging/stg_{name}.sql",
            f"select {selected} from {{{{ source('raw', '{name}') }}}}\n",
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    numbers = [int(item) for item in sys.argv[2:] if item.isdigit()]
    target = Path(sys.argv[1])
    result = assemble(target, *numbers, planted="--planted" in sys.argv)
    if result:
        _write(target / "PLANTED.json", json.dumps([vars(item) for item in result], indent=1))
