"""The short functions that stand in a readable program for what a session does, each checking what only the data can tell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of a readable program: its name, its definition, and the helpers that it calls."""

    name: str
    text: str
    calls: tuple[str, ...] = ()


HELPERS: dict[str, Helper] = {
    helper.name: helper
    for helper in (
        Helper(
            "arrow_takes",
            '''
def arrow_takes(frame):
    """Whether Arrow knows every type: else all columns are converted in another way, which the others decide, too."""
    from pyspark.sql.pandas.types import to_arrow_schema

    try:
        return bool(to_arrow_schema(frame.schema))
    except Exception:
        return False
''',
        ),
        Helper(
            "steady",
            '''
def steady(frame):
    """Whether Spark computes the same rows when it is asked for less of them: no Python, nothing random, none chosen."""
    import re

    plan = frame._jdf.queryExecution().analyzed()
    odd = (
        r"(?i)python|pandas|arrow|rdd|udf|limit|offset|tail|sample|deduplicate|metrics|current_\\w+\\(|rand\\w*\\(|uuid"
        r"|\\b(first|last|any_value|collect_\\w+|\\w+_agg|row_number|ntile|lag|lead|\\w+_by|mode|nth_value)\\(|monoton|input_file"
    )
    return plan.deterministic() and not re.search(odd, plan.treeString(True, False, 2147483647, False))
''',
        ),
        Helper(
            "project",
            '''
def project(frame, names):
    """`frame` with the columns of `names` that it has; as it is where the others could matter."""
    kept = [name for name in frame.columns if name in names]
    distinct = len({name.lower() for name in frame.columns}) == len(frame.columns)
    if not kept or not distinct or not arrow_takes(frame) or not steady(frame):
        return frame
    return frame.select(*["`" + name.replace("`", "``") + "`" for name in kept])
''',
            ("arrow_takes", "steady"),
        ),
        Helper(
            "rows_where",
            '''
def rows_where(frame, column, operator, value):
    """The rows that pandas would keep, compared in Spark; `frame` where NULLs decide the pandas type of a column."""
    from pyspark.sql import functions

    kinds = dict(frame.dtypes)
    always = ("string", "double", "float", "date", "binary")
    without_null = ("boolean", "tinyint", "smallint", "int", "bigint")
    same_type = all(
        kinds[field.name].startswith((*always, "decimal"))
        or (kinds[field.name] in without_null and not field.nullable)
        for field in frame.schema.fields
    )
    distinct = len({name.lower() for name in frame.columns}) == len(frame.columns)
    wanted = "string" if isinstance(value, str) else "double"
    if not same_type or not distinct or kinds.get(column) != wanted:
        return frame
    if not arrow_takes(frame) or not steady(frame):
        return frame
    cell = functions.col("`" + column.replace("`", "``") + "`")
    tests = {"==": cell == value, "<": cell < value, "<=": cell <= value, ">": cell > value, ">=": cell >= value}
    # Spark puts NaN above every number, pandas says no to every comparison with it.
    return frame.where(tests[operator] if wanted == "string" else tests[operator] & ~functions.isnan(cell))
''',
            ("arrow_takes", "steady"),
        ),
        Helper(
            "with_columns",
            '''
def with_columns(frame, columns):
    """`frame` with columns (name, expression) added: all at once, unless one may read another that is added before it."""
    import re

    names = [name.lower() for name, _ in columns]
    texts = [str(expression).lower() for _, expression in columns]
    read = any(name in text for n, text in enumerate(texts) for name in names[:n])
    apart = len(set(names)) == len(names) and not any(re.search(r"\\*|\\bover\\b|window", text) for text in texts)
    if apart and not read:
        return frame.withColumns(dict(columns))
    for name, expression in columns:
        frame = frame.withColumn(name, expression)
    return frame
''',
        ),
        Helper(
            "renamed",
            '''
def renamed(frame, names):
    """`frame` with columns (old name, new name) renamed: all at once, unless a name occurs in two of them."""
    pairs = [{old.lower(), new.lower()} for old, new in names]
    if sum(map(len, pairs)) == len(set().union(*pairs)) and hasattr(frame, "withColumnsRenamed"):
        return frame.withColumnsRenamed(dict(names))
    for old, new in names:
        frame = frame.withColumnRenamed(old, new)
    return frame
''',
        ),
    )
}
"""The helpers of readable programs, by name."""
