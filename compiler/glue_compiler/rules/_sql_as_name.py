"""SQL where Spark takes the name of a column, which GLU601 does not find among the columns: `F.col("a * b")`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.rules._sql_cases import in_sql
from glue_compiler.rules.definition import Case

if TYPE_CHECKING:
    from glue_compiler.facts.frames import ColumnUse
    from glue_compiler.facts.schemas import Frame

_SORTED = re.compile(r"([A-Za-z_]\w*)\s+(asc|desc)", re.IGNORECASE)
_SORTS = frozenset({"orderBy", "sort", "sortWithinPartitions"})
_COMPUTED = re.compile(
    r"[A-Za-z_]\w*(?:\s*(?:[-+*/%=<>]|<=|>=|==|!=|<>)\s*[\w']+)+"
    r"|[A-Za-z_]\w*\s*\(.*\)|.+\s+as\s+\w+",
    re.IGNORECASE | re.DOTALL,
)


def is_order(use: ColumnUse, frame: Frame) -> bool:
    """Whether a sort gets a column of the frame with its order in one text: no column is called like that, hidden or not."""
    if use.how != "argument" or use.method not in _SORTS:
        return False
    found = _SORTED.fullmatch(use.name)
    return found is not None and found[1].lower() in map(str.lower, frame.schema.names)


def meant(use: ColumnUse, frame: Frame) -> str | None:
    """What a name that reads like SQL was to be; None for other names."""
    if use.how == "sql" or frame.kind != "spark":
        return None
    sorted_by = _SORTED.fullmatch(use.name)
    if sorted_by is not None:
        return f"`F.col({sorted_by[1]!r}).{sorted_by[2].lower()}()`"
    return f"`F.expr({use.name!r})`" if _COMPUTED.fullmatch(use.name) is not None else None


_VALID = (
    "df.groupBy('b').sum('a').select('b', F.col('sum(a)').alias('total'))",
    "df.groupBy('b').agg(F.sum('a')).filter(F.col('SUM(a)') > 1).select('sum(a)')",
    "df.groupBy('b').agg({'a': 'max'}).orderBy('max(a)').select('max(a)')",
    "df.groupBy('b').count().select('count')",
    "df.select(F.upper('b')).select('upper(b)')",
    "df.select(F.sum(F.col('a').alias('c'))).select('sum(a AS c)')",
    "df.select((F.col('a') * 2)).select(F.col('(a * 2)'))",
    "df.withColumn('a * 2', F.col('a') * 2).select('a * 2', F.col('A * 2'))",
    "df.withColumnRenamed('a', 'a (EUR)').select('a (EUR)')",
    "df.selectExpr('count(*)').select('count(1)')",
    "df.drop('a * 2', 'sum(a)').select('*')",
    "df.agg(F.count('*')).select('count(1)')",
    "df.select(F.lit(1).alias('n'), 's.*')",
    "df.select(df['*'])",
    "df.select(F.col('a').alias('a desc')).orderBy('a desc')",
    "df.withColumn('n', F.row_number().over(Window.partitionBy('b').orderBy('A', F.desc('t'))))",
)
_INVALID = (
    ("df.filter(F.col('⟦a * 2⟧') > 1)", "write `F.expr('a * 2')`"),
    ("df.select('⟦a*2⟧', 'b')", "write `F.expr('a*2')`"),
    ("df.groupBy('b').agg(F.sum('⟦a * 2⟧'))", "write `F.expr('a * 2')`"),
    ("df.withColumn('d', F.col('⟦upper(b)⟧'))", "write `F.expr('upper(b)')`"),
    ("df.groupBy('⟦upper(b)⟧').count()", "write `F.expr('upper(b)')`"),
    ("df.where(F.col('⟦a > 1⟧'))", "write `F.expr('a > 1')`"),
    ("df.select(df['⟦a + 1⟧'])", "write `F.expr('a + 1')`"),
    ("df.select('⟦a as c⟧', 'b')", "write `F.expr('a as c')`"),
    ("df.orderBy('⟦a desc⟧')", "write `F.col('a').desc()`"),
    ("df.select('a', 'b').sort('b', '⟦a desc⟧')", "write `F.col('a').desc()`"),
    (
        "df.withColumn('n', F.row_number().over(Window.partitionBy('b').orderBy('⟦a desc⟧')))",
        "write `F.col('a').desc()`",
    ),
    ("df.withColumn('n', F.max('a').over(Window.orderBy('a').partitionBy(['⟦bb⟧'])))", "`bb`"),
    ("df.groupBy('b').agg(F.sum('a')).select('⟦max(a)⟧')", "write `F.expr('max(a)')`"),
    ("df.groupBy('b').sum('a').select(F.col('⟦sum(t)⟧'))", "no column `sum(t)`"),
)

AS_NAME_VALID = tuple(
    Case(in_sql(f"session.createDataFrame([({expression}.count(),)], 'n bigint')"))
    for expression in _VALID
)
AS_NAME_INVALID = tuple(
    Case(in_sql(expression), message=message) for expression, message in _INVALID
)
