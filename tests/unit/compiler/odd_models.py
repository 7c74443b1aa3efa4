"""Models that are odd in every way that matters to an analysis which keeps parts of a text."""

from __future__ import annotations

_CUSTOMERS = '''\
import datetime as dt

import pandas as pd
from pyspark.sql import functions as F

LIMIT = 100
NAMES = ["a", "b", "c"]
LIMIT = LIMIT + 1


def cleaned(frame, by="id"):
    """The frame without copies."""
    return frame.dropDuplicates([by]).withColumn("at", F.current_timestamp())


def totals(frame):
    frame = cleaned(frame)
    return frame.groupBy("region").agg(F.sum("amount").alias("total"))


def model(dbt, session):
    dbt.config(materialized="table", packages=["pandas"])
    orders = dbt.ref("orders")
    customers = cleaned(dbt.ref("customers"), by="customer_id")
    joined = orders.join(customers, "customer_id", "left")
    for name in NAMES:
        joined = joined.withColumn(name, F.lit(name))
    result = totals(joined)
    return result.select("region", "totl")
'''

_ALIASES = """\
import pandas as pd


def mark(df, value=1):
    df["mark"] = value


def rename(df):
    mark(df)
    df.columns = ["a", "b"]
    return df


def model(dbt, session):
    a = dbt.ref("orders").toPandas()
    b = a
    b["x"] = a["amount"] * 2
    c = b[["x", "amount"]]
    c.loc[:, "y"] = 1
    mark(b)
    mark(c, value=b)
    d = {"a": a, "b": [b, c]}
    e, f = d["a"], d["b"][0]
    del b
    f["z"] = e["nope"]
    g = rename(c)
    g.drop(columns=["a"], inplace=True)
    return g
"""

_VIEWS = """\
def model(dbt, session):
    dbt.ref("orders").createOrReplaceTempView("o")
    first = session.sql("select * from o")
    dbt.ref("customers").createOrReplaceTempView("o")
    second = session.table("o")
    name = "v"
    second.createOrReplaceTempView(name)
    session.sql(f"select id from {name}").createTempView("w")
    if first.isEmpty():
        first.createOrReplaceTempView("o")
    third = session.table("o").unionByName(session.table("w"))
    first.cache()
    third.persist()
    third.count()
    third.show()
    third.unpersist()
    return third.union(second)
"""

_TWO_WORLDS = """\
from pyspark.sql import functions as F

ALWAYS = True


def newest(session, relation):
    return session.sql(f"select max(day) from {relation}").collect()[0][0]


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="id")
    inc = dbt.is_incremental
    df = dbt.ref("orders")
    if inc and ALWAYS:
        day = newest(session, dbt.this)
        df = df.filter(F.col("day") > day)
    elif not inc:
        start = "2024-01-01"
    else:
        start = None
    if dbt.is_incremental:
        df = df.select("id", "day")
        return df.filter(df.day > day)
    df = df.filter(F.col("day") > start)
    if not dbt.is_incremental:
        print(day)
    return df.select("id", "amuont")
"""

_BLOCKS = """\
import sys
from pyspark.sql import functions as F


class Reader:
    table: str = "orders"

    def __init__(self, dbt):
        self.dbt = dbt

    @property
    def frame(self):
        return self.dbt.ref(self.table)

    @staticmethod
    def clean(df): return df.dropna()


@F.udf("string")
def upper(value): return value.upper() if value else None


async def later(x):
    async with x as y:
        async for z in y:
            yield z
    await x


def rows(n):
    for i in range(n):
        got = yield i
        if got: return
    else:
        yield from rows(n - 1)


def model(dbt, session):
    global LAST
    LAST = 0
    count = 0

    def add(k):
        nonlocal count
        count += k
        return count

    df = Reader(dbt).frame
    try:
        import numpy as np
        df = df.limit(add(1))
    except ImportError as error:
        np = None
        df = df.limit(2)
    except (ValueError, KeyError):
        raise
    else:
        part = df.count()
    finally:
        count = 3
    while count < 10:
        count += 1
        if count == 7: continue
        if count == 8:
            break
    else:
        late = 1
    with open("x") as handle, handle as (p, q):
        text = handle.read()
    match count:
        case 1 | 2:
            kind = "low"
        case [first, *others] if first:
            kind = first
        case {"a": value, **rest}:
            kind = value
        case _:
            kind = "high"
    if x := df.first(): print(x)
    if count: df = df.limit(1); late = 2
    elif late: df = df.limit(2)
    else: sys.exit(1)
    assert part is not None, late
    total = [y for y in range(count) if (last := y) > 2] + [last]
    pairs = {k: v for k, v in zip(total, rows(3))}
    return df.withColumn("k", upper(F.lit(kind))).filter(lambda: pairs)
"""

_LINES = (
    '"""A model\n\nwith a \\\nlong string"""\n'
    "import os; import sys\n"
    "x = 1; y = 2;\n"
    "z = x + \\\n    y\n"
    "\n\n\n"
    "def helper(a,\n           b=(1,\n              2)):  # noqa\n"
    "  # odd\n"
    "    # deep\n"
    '    """Doc."""\n'
    "    return a; b\n"
    "# before\n"
    "def model(dbt, session):\n"
    "\n"
    "  \n"
    "        # deeper\n"
    "    dbt.config(\n"
    '        materialized="table",  # {{ note }}\n'
    "# left\n"
    "    )\n"
    "    a = dbt.ref(\n"
    '"orders")\n'
    "    b = '''\n"
    "def model(dbt, session):\n"
    "    return 1\n"
    "    '''; c = 3\n"
    "    if a: b = 1; c = 2\n"
    "    # dbt-glue: ignore[GLU605]\n"
    "    a.filter('id > 1')\n"
    "    a.select('id')  # dbt-glue: ignore\n"
    "    print(undefined)  # dbt-glue: ignore[GLU501]\n"
    "    return helper(a) \\\n"
    "        .select('id')\n"
    "  # between\n"
    "# at the end\n"
    "    # deep at the end"
)

_UNICODE = (
    "\ufeff# -*- coding: latin-1 -*-\n"
    "from pyspark.sql import functions as F\n"
    "größe = 'é😀\u2028x'  # comment\u2028still\n"
    "ﬁ = 1\n"
    "x = fi + größe\n"
    "\f\n"
    "def model(dbt, session):\n"
    "    \f    df = dbt.ref('orders')  # 😀 \u2028 y = 1\n"
    "\f\n"
    "    df = df.withColumn('é', F.lit('\u2029\x85\x0b'))\n"
    "\f    # feed\n"
    "    return df.select('é', 'è', größe)\n"
)

_TABS = (
    "import pandas as pd\r"
    "def model(dbt, session):\r\n"
    "\tdf = dbt.ref('orders')\r"
    "\tif dbt.is_incremental:\n"
    "\t    df = df.filter('id > 1')\r\n"
    "\t    df = df.cache()\r\n"
    "        # eight\r"
    "\tfor i in range(3):\r\n"
    "\t\tdf = df.union(df)\r\n"
    "\treturn df\r"
)

_NAMES = """\
from os.path import *
from pyspark.sql.functions import *
exec("q = 1")
dbt = None
len = max
def session(): pass
def model(dbt, session, extra=len, *args, **kw):
    list = [1, 2]
    df = dbt.ref("orders")
    print(early)
    early = 1
    del early
    print(early)
    if list:
        maybe = 2
    print(maybe)
    for index in df.collect():
        row = index
    print(row, index)
    d, s = dbt, session
    d.ref("customers").show()
    dbt = d
    df = df.select(col("id"), sum("amount"), nothing)
    locals()["x"] = 1
    return df
def model(dbt, session):
    return dbt.ref(name)
def after(): return model
name = "orders"
if name:
    def model(dbt, session):
        return dbt.source("raw", "orders")
"""

_DEMAND = """\
import pandas as pd


def used(p):
    return p["amount"].sum()


def model(dbt, session):
    df = dbt.ref("orders")
    p = df.toPandas()
    q = df.filter("id > 1").toPandas()
    r = session.table("x").toPandas()
    first = used(p)
    second = q.groupby("region")["amount"].sum()
    third = q.merge(r, on="id", how="left")
    for i, row in p.iterrows():
        print(row["name"])
    kept = p[["id", "name"]]
    if first > 3:
        kept["day"] = p["day"]
    escaped = print(r) if second else None
    s = df.pandas_api()
    s["x"] = s["id"] + 1
    t = lambda: q["late"]
    return session.createDataFrame(kept)
"""

_RECURSIVE = """\
def even(n, df):
    if n == 0:
        return df
    return odd(n - 1, df.withColumn("e", n))


def odd(n, df):
    return even(n - 1, df.select("o"))


def apply(f, df, *more):
    return f(df, *more)


def first(df): return second(df)
def second(df): return third(df).drop("c")
def third(df): return fourth(df)
def fourth(df): return fifth(df)
def fifth(df): return df.select("id", "c")


def model(dbt, session):
    df = even(4, dbt.ref("orders"))
    df = apply(lambda f, n=1: f.limit(n), df)
    frames = []
    for name in ["a", "b"]:
        frame = dbt.ref(name)
        frames.append(frame)
        out = frame if name == "a" else out.union(frame)
    frames = [first(f) for f in frames]
    while out.count() > 10:
        out = first(out)
    return frames[0].join(out, ["id"])
"""

_GENERATOR = """\
def model(dbt, session):
    df = dbt.ref("orders")
    yield df
    df = df.select("id")
    return df
"""

_INSIDE_IF = """\
import sys
if sys.version_info > (3, 9):
    from pyspark.sql import functions as F
    def model(dbt, session):
        df = dbt.ref("orders")
        if df:
            return df.select(F.col("id"))
else:
    F = None
    def model(dbt, session):
        return None
"""

_BROKEN = (
    "def model(dbt, session):\n    df = dbt.ref('orders'\n    x = df.select('id')\n    return x\n"
)

_MANY_CALLS = (
    "def one(df, n):\n    return df.withColumn(f'c{n}', n)\n\n\n"
    "def twenty(df):\n"
    + "".join(f"    df = one(df, {n})\n" for n in range(20))
    + "    return df\n\n\ndef model(dbt, session):\n    df = dbt.ref('orders')\n"
    + "".join(f"    d{n} = twenty(df)\n" for n in range(16))
    + "    return d0.select('c1', 'c99')\n"
)
"""The analysis follows 300 calls of helpers: which ones depends on all that stand before."""

_DEEP = (
    "def model(dbt, session):\n    df = dbt.ref('orders')\n    df = df"
    + ".withColumn('a', 1)" * 130
    + "\n    return df\n"
)
"""Nested deeper than what is analysed in full."""

_MANY_DIGITS = "x = " + "1" * 5000 + "\ndef model(dbt, session):\n    return x\n"

_LITERALS = """\
A = 1e999
B = -1e999 + A
C = b"x" b"y"
D = "a" "b" f"{A}"
E = (1, (2, "x"), ...)
F = {"a": 1, **{"b": 2}}
G = rf"\\d{A!r:>{B}}"
H = A if B else C
S = "orders"
T = "stg_" + S
U = [n + "_x" for n in ["a", "b"]]
V = S * 3

def model(dbt, session):
    one, two = dbt.ref(S), dbt.ref(T)
    three = dbt.ref("shop", "orders", v=1)
    four = dbt.source("raw", S)
    five = [dbt.ref(n) for n in U]
    limit = dbt.config.get("limit", default=3)
    flag = dbt.config.get("flag")
    return one.select(*U).join(two, U[0]).limit(limit)
"""

_CONFIGS = """\
MATERIALIZED = "incremental"
OPTIONS = {"tags": ["x"]}

def model(dbt, session):
    dbt.config(materialized=MATERIALIZED, unique_id="id", **OPTIONS)
    dbt.config(packages=["numpy==1.2", "pandas"], enable=True)
    config = dbt.config
    config(alias="x")
    if dbt.is_incremental():
        max_day = f"select max(day) from {dbt.this.schema}.{dbt.this}"
        newest = session.sql(max_day).first()[0]
    ref = dbt.ref
    other = ref("orders")
    getattr(dbt, "ref")("customers")
    helper(dbt, session)
    return other, newest

def helper(d, s):
    d.config(materialized="table")
    return d.ref("hidden")
"""

_ANNOTATED = '''\
"""A model with annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Frames = list["DataFrame"]


def first(frames: Frames, missing: Nowhere = None) -> DataFrame | None:
    found: Later = frames[0]
    return found


def closure(df):
    def joined(other: DataFrame) -> DataFrame:
        return other.join(df, "id")

    df = df.select("id")
    return joined


def model(dbt, session) -> DataFrame:
    df: DataFrame = dbt.ref("orders")
    later: DataFrame
    join = closure(df)
    df = df.select("id", "amount")
    both = join(df)
    take = lambda n=df: n.select("nope")
    df = first([both, take()])
    return join(first([df]))
'''

_LISTS = (
    "from functools import reduce\n"
    "import pandas as pd\n"
    "from pyspark.sql import DataFrame\n"
    "\n"
    "def add(frames, df):\n"
    "    frames.append(df)\n"
    "    return frames\n"
    "\n"
    "def model(dbt, session):\n"
    "    df = dbt.ref('orders')\n"
    "    frames = alias = []\n"
    "    for number, name in enumerate(['a', 'b']):\n"
    "        if number == 0:\n"
    "            total = df.select(name)\n"
    "        else:\n"
    "            total = total.union(df.select(name))\n"
    "        frames.append(total)\n"
    "    other = add([], df)\n"
    "    df.cache()\n"
    "    alias += other\n"
    "    last = frames.pop()\n"
    "    def later():\n"
    "        nonlocal total\n"
    "        total = pd.concat(other)\n"
    "    later()\n"
    "    if frames:\n"
    "        return reduce(DataFrame.unionByName, frames)\n"
    "    unknown(frames)\n"
    "    if last.count() == 0:\n"
    "        return spark.createDataFrame(pd.concat([total['a'], total['b']], axis=1))\n"
    "    return frames[0]\n"
)


ODD_MODELS: dict[str, str] = {
    "customers": _CUSTOMERS,
    "customers with CRLF": _CUSTOMERS.replace("\n", "\r\n"),
    "customers with CR": _CUSTOMERS.replace("\n", "\r"),
    "customers without a last line break": _CUSTOMERS.rstrip("\n"),
    "aliases": _ALIASES,
    "lists": _LISTS,
    "views": _VIEWS,
    "two worlds": _TWO_WORLDS,
    "two worlds with tabs": _TWO_WORLDS.replace("    ", "\t"),
    "blocks": _BLOCKS,
    "lines": _LINES,
    "lines with CRLF": _LINES.replace("\n", "\r\n"),
    "unicode": _UNICODE,
    "unicode that is broken": _UNICODE.replace("ﬁ =", "😀 ="),
    "tabs": _TABS,
    "names": _NAMES,
    "demand": _DEMAND,
    "recursive": _RECURSIVE,
    "a generator": _GENERATOR,
    "inside if": _INSIDE_IF,
    "broken": _BROKEN,
    "many calls": _MANY_CALLS,
    "deep": _DEEP,
    "many digits": _MANY_DIGITS,
    "literals": _LITERALS,
    "configs": _CONFIGS,
    "annotated": _ANNOTATED,
    "annotated now": _ANNOTATED.replace("from __future__ import annotations\n\n", ""),
    "empty": "",
    "one line": "def model(dbt, session): return dbt.ref('orders')",
    "only white space": " \n\t\n\f\n",
    "only a comment": "# nothing",
    "only a byte order mark": "\ufeff",
    "not Python": "select * from {{ ref('orders') }}\n",
}
"""Texts by a name for them."""
