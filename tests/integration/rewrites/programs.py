"""Generated model bodies and data on which a rewritten model must give what the written one gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

DATA = """
SELECT id, amount, name, cust, q, n, day, at, price, flag, tags, `Mixed` FROM VALUES
 (1, 2.5D, 'x', 'k1', 10, CAST(NULL AS INT), DATE'2024-02-29', TIMESTAMP'2024-07-01 12:00:00.123456', 9.90BD, true, array('a'), 'M'),
 (2, CAST('NaN' AS DOUBLE), 'y', 'k2', 20, 5, NULL, NULL, NULL, NULL, array(), NULL),
 (3, NULL, NULL, 'k1', 30, 6, DATE'1999-12-31', TIMESTAMP'1970-01-01 00:00:00', 0.00BD, false, NULL, 'm'),
 (3, NULL, NULL, 'k1', 30, 6, DATE'1999-12-31', TIMESTAMP'1970-01-01 00:00:00', 0.00BD, false, NULL, 'm'),
 (4, 7D, 'x', NULL, 40, 7, NULL, NULL, -1.25BD, true, array('b', NULL), ''),
 (5, double('-Infinity'), 'é', 'k2', -5, 2147483647, NULL, NULL, 1.00BD, NULL, array(), 'é')
 AS v(id, amount, name, cust, q, n, day, at, price, flag, tags, `Mixed`)
"""
PLAIN = f"SELECT amount, name, cust, price, day, `Mixed` FROM ({DATA})"
EMPTY = f"SELECT * FROM ({DATA}) WHERE false"
TABLES = {"t": DATA, "plain": PLAIN, "empty": EMPTY}

_COLUMNS = ["id", "q", "n", "amount", "price"]
_NAMES = ["id", "q", "n", "x1", "x2", "X1", "Mixed", "mixed", "AMOUNT", "new col"]
_EXPRESSIONS = [
    "F.col(c)", "F.col(c).cast('string')", "F.upper(F.col(c))", "F.col('q') + 1", "df[c]", "F.lit(c)",
    "F.coalesce(F.col(c), F.lit(0))", "F.concat_ws('-', c, 'name')", "F.when(F.col('x1').isNull(), 1)",
]  # fmt: skip
_VALUES = [
    "F.col('q') + 1", "F.lit('a')", "F.upper('name')", "(F.col('id') * 2)", "F.col('x1')",
    "F.expr('x2 + 1')", "F.when(F.col('flag'), 1).otherwise(0)", "F.col('`Mixed`')", "F.struct('id', 'q')",
]  # fmt: skip
_FILTERS = [
    "pdf['amount'] > 2", "pdf['amount'] <= 2.5", "pdf['name'] == 'x'", "pdf['amount'] == 7", "pdf['amount'] < 0",
    "pdf['price'] > 1", "pdf['cust'] == 'k1'", "3 > pdf['amount']", "pdf['Mixed'] == 'm'", "pdf['amount'] >= -1",
]  # fmt: skip
_USES = [
    "out = pdf[['name', 'amount']]",
    "out = pdf[['cust', 'name', 'cust']].drop_duplicates(subset=['name'])",
    "out = pdf.groupby('cust')['amount'].sum().reset_index()",
    "out = pdf.groupby('cust', dropna=False).agg(a=('amount', 'max'), b=('name', 'count')).reset_index()",
    "out = pdf.sort_values('amount').head(3)[['amount', 'Mixed']]",
    "pdf['d'] = pdf['amount'] * 2\nout = pdf[['d', 'name']]",
    "out = pdf.rename(columns={'name': 'label'})[['label', 'price']]",
    "out = pdf.dropna(subset=['amount']).reset_index(drop=True)[['amount']]",
    "out = pdf.merge(pd.DataFrame({'cust': ['k1', 'k2'], 'name': ['p', 'q']}), on='cust')[['name_x', 'name_y']]",
    "out = pd.DataFrame({'a': pdf.amount, 'b': pdf.name})",
]
_ROWS = [
    "out = [(r.name, r['cust']) for r in df.collect()]",
    "rows = df.collect()\nout = []\nfor r in rows:\n    out.append((r['name'], str(r.price)))",
    "out = [(k, str(v)) for k, v in {r.cust: r['Mixed'] for r in df.collect()}.items()]",
]
_TESTS = ["{} == 0", "{} > 0", "not {}", "{} >= 1", "{} != 0", "1 > {}", "{}"]


def program(random: Random) -> tuple[str, str]:
    """(a model's body, the table that `t` is); each is of one of the shapes that some rewrite wants."""
    shape = random.choice(
        [_loop, _chain, _pandas, _pandas, _collected, _tested, _counted, _branched]
    )
    return shape(random)


def _table(random: Random, *names: str) -> str:
    return (
        random.choice([*(names or ("t",)), "empty"])
        if random.random() < 0.3
        else (names or ("t",))[0]
    )


def _loop(random: Random) -> tuple[str, str]:
    names = random.sample(_NAMES, random.randint(1, 5))
    if random.random() < 0.2:
        names.append(names[0])
    return (
        f"for c in {names!r}:\n    df = df.withColumn(c, {random.choice(_EXPRESSIONS)})\nreturn df",
        _table(random),
    )


def _chain(random: Random) -> tuple[str, str]:
    links = [
        f".withColumn({random.choice(_NAMES)!r}, {random.choice(_VALUES)})"
        for _ in range(random.randint(3, 5))
    ]
    return "out = (df\n" + "\n".join(f"    {link}" for link in links) + ")\nreturn out", _table(
        random
    )


def _pandas(random: Random) -> tuple[str, str]:
    lines = ["pdf = df.toPandas()"]
    if random.random() < 0.6:
        lines.append(f"pdf = pdf[{random.choice(_FILTERS)}].reset_index(drop=True)")
    lines += [random.choice(_USES), "return out"]
    return "\n".join(lines), _table(random, "plain", "t")


def _collected(random: Random) -> tuple[str, str]:
    return (
        f"{random.choice(_ROWS)}\nreturn session.createDataFrame(out, 'a string, b string')",
        _table(random),
    )


def _tested(random: Random) -> tuple[str, str]:
    test = random.choice(_TESTS).format(f"df.filter('q > {random.choice([0, 15, 100])}').count()")
    return f"if {test}:\n    return df.select('id')\nreturn df.select('q').limit(1)", _table(random)


def _counted(random: Random) -> tuple[str, str]:
    test = random.choice(_TESTS).format("n")
    return (
        f"n = df.filter('n is null').count()\nif {test}:\n    return df.select('id')\nreturn df.select('q')",
        _table(random),
    )


def _branched(random: Random) -> tuple[str, str]:
    key = random.choice(["text", "number", "missing"])
    body = (
        f"if dbt.is_incremental and dbt.config.get({key!r}) is not None:\n"
        f"    df = df.withColumn('k', F.lit(dbt.config.get({key!r})))\n"
        "elif not dbt.is_incremental():\n    df = df.withColumn('s', F.lit(dbt.this.schema))\nreturn df"
    )
    return body, _table(random)


CONFIG: dict[str, Any] = {"text": "it's é\n", "number": -2.5}
