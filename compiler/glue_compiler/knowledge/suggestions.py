"""What to write instead of a member that a frame does not have: Snowpark, pandas and misspelt names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``rename`` replaces the name alone and keeps the meaning; otherwise ``advice`` says what to write."""

    rename: str | None
    advice: str
    origin: str
    """snowpark, pandas, spark, case or spelling: why the name was probably written."""


_SNOWPARK_FRAME = {
    "group_by": "groupBy",
    "order_by": "orderBy",
    "with_column": "withColumn",
    "with_columns": "withColumns",
    "with_column_renamed": "withColumnRenamed",
    "to_pandas": "toPandas",
    "to_local_iterator": "toLocalIterator",
    "to_df": "toDF",
    "cross_join": "crossJoin",
    "union_all": "union",
    "union_by_name": "unionByName",
    "union_all_by_name": "unionByName",
    "select_expr": "selectExpr",
    "create_or_replace_temp_view": "createOrReplaceTempView",
    "create_temp_view": "createTempView",
    "print_schema": "printSchema",
    "approx_quantile": "approxQuantile",
    "sample_by": "sampleBy",
    "random_split": "randomSplit",
    "minus": "subtract",
    "except_": "subtract",
    "natural_join": "join",
    "cache_result": "cache",
    "group_by_grouping_sets": "groupBy",
    "as_": "alias",
    "is_empty": "isEmpty",
    "except_all": "exceptAll",
    "intersect_all": "intersectAll",
    "fill_na": "fillna",
    "drop_na": "dropna",
    "map_in_pandas": "mapInPandas",
}
_NOT_THE_SAME = frozenset({"natural_join", "union_by_name", "group_by_grouping_sets"})

_SNOWPARK_ADVICE = {
    "display": "use show(); display is a notebook function of other platforms",
    "flatten": "use select with functions.explode(...)",
    "to_snowpark_pandas": "use pandas_api()",
    "rename": "use withColumnRenamed(old, new) or withColumnsRenamed({old: new})",
    "natural_join": "use join(other, [column names])",
    "union_by_name": "use unionByName(other).distinct(): Snowpark's union removes duplicates",
    "group_by_grouping_sets": "use groupBy, rollup or cube",
    "queries": "use explain()",
    "save_as_table": "use write.saveAsTable(...); in a model, return the frame instead",
    "copy_into_location": "use write",
}

_PANDAS_ON_SPARK_FRAME = {
    "T": "transposing needs pandas: toPandas().T",
    "append": "use unionByName(other)",
    "apply": "use withColumn with built-in functions, or mapInPandas",
    "applymap": "use select with one expression per column",
    "assign": "use withColumns({name: expression})",
    "astype": 'use withColumn(name, col(name).cast("type"))',
    "at": "rows have no position; use filter(condition)",
    "bfill": "use functions.first(column, ignorenulls=True) over a window",
    "concat": "use union or unionByName",
    "copy": "frames never change; the frame itself is as good as a copy",
    "empty": "use isEmpty()",
    "eval": "use selectExpr",
    "ffill": "use functions.last(column, ignorenulls=True) over a window",
    "iat": "rows have no position; use filter(condition)",
    "iloc": "rows have no position; use limit(n), take(n), or orderBy and limit",
    "index": "frames have no index; use functions.monotonically_increasing_id() or row_number()",
    "info": "use printSchema()",
    "insert": "use withColumn(name, expression)",
    "isin": "use filter(col(name).isin(values))",
    "isna": "use col(name).isNull()",
    "isnull": "use col(name).isNull()",
    "items": "use for name in frame.columns",
    "iterrows": "use toLocalIterator(), or an expression over columns",
    "itertuples": "use toLocalIterator(), or an expression over columns",
    "loc": "use filter(condition) and select(columns)",
    "map": "use withColumn with an expression",
    "max": "use agg(functions.max(column))",
    "mean": "use agg(functions.avg(column))",
    "merge": "use join(other, on=..., how=...)",
    "min": "use agg(functions.min(column))",
    "nlargest": "use orderBy(desc(column)).limit(n)",
    "notna": "use col(name).isNotNull()",
    "notnull": "use col(name).isNotNull()",
    "nsmallest": "use orderBy(column).limit(n)",
    "nunique": "use agg(functions.countDistinct(column))",
    "pipe": "use transform(function)",
    "pivot": "use groupBy(...).pivot(column).agg(...)",
    "pivot_table": "use groupBy(...).pivot(column).agg(...)",
    "query": "use filter(condition)",
    "rename": "use withColumnRenamed(old, new) or withColumnsRenamed({old: new})",
    "reset_index": "frames have no index; nothing to reset",
    "set_index": "frames have no index; leave the column as it is",
    "shape": "use count() for rows and len(frame.columns) for columns",
    "size": "use count()",
    "sort_index": "frames have no index; use orderBy(column)",
    "sort_values": "use orderBy(column)",
    "std": "use agg(functions.stddev(column))",
    "sum": "use agg(functions.sum(column))",
    "to_csv": "use write.csv(path); in a model, return the frame instead",
    "to_dict": "use [row.asDict() for row in frame.collect()]",
    "to_parquet": "use write.parquet(path); in a model, return the frame instead",
    "tolist": "use [row[0] for row in frame.select(column).collect()]",
    "unique": "use select(column).distinct()",
    "value_counts": "use groupBy(column).count()",
    "values": "use collect()",
}
_PANDAS_RENAMES = {"pipe": "transform"}

_SNOWPARK_COLUMN = {
    "as_": "alias",
    "is_null": "isNull",
    "is_not_null": "isNotNull",
    "eq_null": "eqNullSafe",
    "equal_null": "eqNullSafe",
    "in_": "isin",
    "regexp": "rlike",
    "is_in": "isin",
    "start_with": "startswith",
    "end_with": "endswith",
    "sub_str": "substr",
    "get_item": "getItem",
}
_PANDAS_COLUMN_ADVICE = {
    "apply": "use built-in functions, or a pandas_udf",
    "dt": "use functions.year(column), functions.date_trunc(...), ...",
    "fillna": "use functions.coalesce(column, functions.lit(value))",
    "isna": "use isNull()",
    "isnull": "use isNull()",
    "map": "use functions.when(...).otherwise(...), or a pandas_udf",
    "max": "use functions.max(column)",
    "mean": "use functions.avg(column)",
    "min": "use functions.min(column)",
    "notna": "use isNotNull()",
    "notnull": "use isNotNull()",
    "replace": "use functions.regexp_replace(column, ...) or frame.replace(...)",
    "round": "use functions.round(column, digits)",
    "str": "use functions.lower(column), functions.substring(...), ...",
    "sum": "use functions.sum(column)",
    "to_list": "use [row[0] for row in frame.select(column).collect()]",
    "tolist": "use [row[0] for row in frame.select(column).collect()]",
    "unique": "use frame.select(column).distinct()",
    "value_counts": "use frame.groupBy(column).count()",
    "values": "use [row[0] for row in frame.select(column).collect()]",
}
_COLUMN_RENAMES = {
    "isna": "isNull",
    "isnull": "isNull",
    "notna": "isNotNull",
    "notnull": "isNotNull",
}

_SPARK_ON_PANDAS = {
    "collect": "the rows are already here; use itertuples(), or to_dict('records')",
    "createOrReplaceTempView": "only Spark frames can be views; use session.createDataFrame(frame) first",
    "distinct": "use drop_duplicates()",
    "dropDuplicates": "use drop_duplicates()",
    "groupBy": "use groupby(...)",
    "isEmpty": "use empty (a property)",
    "limit": "use head(n)",
    "orderBy": "use sort_values(by=...)",
    "cache": "the rows are already in memory",
    "persist": "the rows are already in memory",
    "printSchema": "use info()",
    "schema": "use dtypes",
    "select": "use frame[[columns]]",
    "selectExpr": "use assign(...) or eval(...)",
    "show": "use print(frame.head())",
    "toDF": "use session.createDataFrame(frame) for a Spark frame, set_axis for names",
    "toPandas": "it is a pandas frame already",
    "to_pandas": "it is a pandas frame already",
    "union": "use pandas.concat([frame, other])",
    "unionAll": "use pandas.concat([frame, other])",
    "unionByName": "use pandas.concat([frame, other])",
    "withColumn": "use assign(name=values) or frame[name] = values",
    "withColumnRenamed": "use rename(columns={old: new})",
    "withColumns": "use assign(...)",
    "write": "a model returns the frame; dbt writes it",
    "to_spark": "use session.createDataFrame(frame)",
    "pandas_api": "use pyspark.pandas.from_pandas(frame)",
}
_SPARK_ON_PANDAS_RENAMES = {
    "groupBy": "groupby",
    "distinct": "drop_duplicates",
    "dropDuplicates": "drop_duplicates",
    "limit": "head",
}

_OWN_OF_PANDAS_ON_SPARK = frozenset({"to_pandas", "to_spark"})
_SPARK_ON_PANDAS_ON_SPARK = {
    **{k: v for k, v in _SPARK_ON_PANDAS.items() if k not in _OWN_OF_PANDAS_ON_SPARK},
    "pandas_api": "it is a pandas-on-Spark frame already",
    "toPandas": "use to_pandas()",
    "createOrReplaceTempView": "use to_spark() first",
    "collect": "use to_spark().collect(), or to_pandas()",
    "schema": "use dtypes, or to_spark().schema",
    "persist": "use spark.persist()",
    "cache": "use spark.cache()",
    "toDF": "use to_spark()",
    "union": "use pyspark.pandas.concat([frame, other])",
    "unionByName": "use pyspark.pandas.concat([frame, other])",
    "to_koalas": "it is a pandas-on-Spark frame already",
}
_PANDAS_ON_SPARK_EXTRA_RENAMES = {"toPandas": "to_pandas", "toDF": "to_spark"}

_SESSION = {
    "create_dataframe": "createDataFrame",
    "read_table": "table",
    "get_active_session": "getActiveSession",
    "createDataframe": "createDataFrame",
    "create_data_frame": "createDataFrame",
}
_SESSION_ADVICE = {
    "add_packages": "use dbt.config(packages=[...])",
    "call": "Glue has no stored procedures",
    "file": "use boto3, or read.format(...).load(path)",
    "get_current_database": "use catalog.currentDatabase()",
    "use_schema": "use catalog.setCurrentDatabase(name)",
    "write_pandas": "return the pandas frame from the model, or createDataFrame(frame)",
}

_GROUPED = {"apply_in_pandas": "applyInPandas", "average": "avg"}
_GROUPED_ADVICE = {
    "size": "use count()",
    "first": "use agg(functions.first(column))",
    "last": "use agg(functions.last(column))",
    "nunique": "use agg(functions.countDistinct(column))",
    "std": "use agg(functions.stddev(column))",
    "median": "use agg(functions.percentile_approx(column, 0.5))",
    "transform": "use functions over Window.partitionBy(...)",
    "cumsum": "use functions.sum(column).over(window)",
    "rank": "use functions.rank().over(window)",
    "shift": "use functions.lag(column).over(window)",
    "head": "use row_number() over a window and filter",
    "cumcount": "use functions.row_number().over(window)",
    "reset_index": "frames have no index; nothing to reset",
}

_FUNCTIONS_ADVICE = {
    "iff": "use when(condition, value).otherwise(other)",
    "uuid": 'use expr("uuid()")',
    "uuid_string": 'use expr("uuid()")',
    "listagg": "use concat_ws(separator, collect_list(column))",
    "to_char": "use date_format(column, format) or column.cast('string')",
    "to_varchar": "use column.cast('string')",
    "parse_json": "use from_json(column, schema)",
    "object_construct": "use struct(...) or create_map(...)",
    "qualify": "use a window function and filter",
    "dateadd": "use date_add(column, days), or column + expr('INTERVAL ...')",
    "sysdate": "use current_timestamp()",
    "getdate": "use current_timestamp()",
}
_FUNCTION_RENAMES = {
    "sysdate": "current_timestamp",
    "getdate": "current_timestamp",
    "dateDiff": "datediff",
    "array_construct": "array",
}


def suggest(owner: str, name: str, names: Sequence[str]) -> Suggestion | None:
    """The known advice, else the same name in another case, else the nearest spelling, else None."""
    for origin, renames, advice in _TABLES.get(owner, ()):
        rename = renames.get(name)
        if rename is not None and rename not in names:
            rename = None
        text = advice.get(name)
        if rename or text:
            safe = rename if name not in _NOT_THE_SAME else None
            return Suggestion(safe, text or f"use {rename}", origin)
    squeezed = name.replace("_", "").lower()
    for candidate in names:
        if candidate.replace("_", "").lower() == squeezed:
            return Suggestion(candidate, f"use {candidate}", "case")
    near = closest(name, names)
    return Suggestion(near, f"did you mean {near}?", "spelling") if near else None


_Tables = tuple[tuple[str, dict[str, str], dict[str, str]], ...]

_TABLES: dict[str, _Tables] = {
    "spark": (
        ("snowpark", _SNOWPARK_FRAME, _SNOWPARK_ADVICE),
        ("pandas", _PANDAS_RENAMES, _PANDAS_ON_SPARK_FRAME),
    ),
    "spark.column": (
        ("snowpark", _SNOWPARK_COLUMN, {}),
        ("pandas", _COLUMN_RENAMES, _PANDAS_COLUMN_ADVICE),
    ),
    "spark.grouped": (("pandas", _GROUPED, _GROUPED_ADVICE),),
    "spark.session": (("snowpark", _SESSION, _SESSION_ADVICE),),
    "spark.functions": (("snowpark", _FUNCTION_RENAMES, _FUNCTIONS_ADVICE),),
    "pandas": (("spark", _SPARK_ON_PANDAS_RENAMES, _SPARK_ON_PANDAS),),
    "pandas_on_spark": (
        (
            "spark",
            {**_SPARK_ON_PANDAS_RENAMES, **_PANDAS_ON_SPARK_EXTRA_RENAMES},
            _SPARK_ON_PANDAS_ON_SPARK,
        ),
    ),
}
