"""Why a frame may not be computed in another way: what could be seen of it besides its rows, or make the rows others.

The flow analysis knows what it follows. A frame that is more than a table as it is also counts as
everything that the code before it mentions: each list here is of words whose absence proves something.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from typing import TYPE_CHECKING

from glue_compiler.rewrites.purity import pure_functions

if TYPE_CHECKING:
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.rewrites.model import Model

_PYTHON = re.compile(
    r"udf|udtf|mapIn|applyIn|\.rdd\b|foreach|register|\.transform\(|accumulator", re.IGNORECASE
)
_CHANGES = re.compile(
    r"\b(?:randn?|uuid|shuffle|random|monotonically_increasing_id|spark_partition_id|input_file_\w+"
    r"|current_\w+|now|sample\w*|randomSplit|localtimestamp|unix_timestamp)\b",
    re.IGNORECASE,
)
_RDDS = re.compile(
    r"\.rdd\b|\bsparkContext\b|\bparallelize\b|\bsc\.|newAPIHadoop|_jdf|_jvm|\bspark_context\b"
)
_OBSERVED = re.compile(r"\bobserve\b|\bobservation", re.IGNORECASE)
_CACHED = re.compile(r"cache|persist|checkpoint", re.IGNORECASE)
_CHOOSES = re.compile(
    r"\b(?:drop_?duplicates\w*|first\w*|last\w*|any_value|collect_list|array_agg|row_number|ntile"
    r"|limit|head|tail|take|offset|max_by|min_by|mode|zip_?with_?index)\b",
    re.IGNORECASE,
)
_STRICT = re.compile(r"raise_error|assert_true|\.ansi\.|FAILFAST", re.IGNORECASE)
_SQL = re.compile(r"\.sql\(|\bsql\(|[eE]xpr\b|call_(?:udf|function)|\btable\(|\.read\b")
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_NO_COLUMNS = frozenset(
    {
        *("pyspark", "pandas", "numpy", "pyarrow", "dateutil", "pytz", "requests", "boto3"),
        *("botocore", "yaml", "scipy", "sklearn"),
    }
)
"""Modules besides the standard library whose functions make no Spark columns that run Python."""

_TOTAL = frozenset(
    re.findall(
        r"\w+",
        """
    abs acos add_months bigint boolean cast date smallint timestamp approx_count_distinct array
    array_contains array_distinct array_size arrays_overlap array_max array_min asc asc_nulls_first
    asc_nulls_last ascii asin atan avg between bit_length broadcast case ceil ceiling char_length
    coalesce col collect_list collect_set column concat concat_ws contains corr cos count
    count_distinct countDistinct date_add date_sub datediff day dayofmonth dayofweek dayofyear
    decimal dense_rank desc desc_nulls_first desc_nulls_last distinct double endswith exists exp
    expr first float floor greatest hash hour if ifnull in initcap instr int isnan isnotnull isnull
    kurtosis lag last last_day lcase lead least left length levenshtein like lit locate log log10
    log2 lower lpad ltrim max md5 mean min minute month months_between nanvl ntile nullif nvl nvl2
    over pmod position pow power quarter rank regexp_count replace reverse right rint round
    row_number rpad rtrim second sha1 sha2 sign signum sin size sort_array soundex split sqrt
    startswith std stddev stddev_pop stddev_samp string struct substr substring substring_index sum
    sum_distinct tan translate trim try_add try_avg try_divide try_subtract try_sum ucase upper
    values var_pop var_samp variance weekofyear when xxhash64 year and or not then else where on
    select from by as
    """,
    )
)
"""Functions of Spark, and words before a parenthesis in SQL, that raise for no value outside of ANSI mode."""


def hazard(model: Model, frame: Frame, call: ast.Call) -> str:
    """A reason code for leaving the computation of `frame` by `call` as it is, or "" where nothing stands against it.

    What `call` itself does to the rows is the caller's to judge.
    """
    if frame.python_udf:
        return "python_udf"
    if frame.nondeterministic:
        return "nondeterministic"
    if _OBSERVED.search(model.code):
        return "observed"
    if _as_it_is(frame):
        return ""
    return _hazard_of_text(model) or ("may_raise" if may_raise(model, call) else "")


def seen_besides(model: Model, frame: Frame) -> str:
    """A reason code where something besides the rows of `frame` could be seen to change, as far as it is known here.

    The rest the session asks Spark's plan (glue_session.plans): Python in it, values that change by themselves,
    rows that are chosen in no defined order. That an expression fails no more is no reason: see docs/rewrites.
    """
    if _OBSERVED.search(model.code):
        return "observed"
    return "python_udf" if frame.python_udf and not free_of_effects(model) else ""


def free_of_effects(model: Model) -> bool:
    """Whether Python functions in a plan have no effects: the model says so, or they are the file's own and are pure.

    Functions that SQL names can be those of other models in the session.
    """
    if model.pure_udfs:
        return True
    return (
        not unknown_modules(model)
        and _SQL.search(model.code) is None
        and _PYTHON.search(model.code) is not None
        and pure_functions(model)
    )


def trust(model: Model) -> str:
    """What closes a call that asks the session for Python in a plan: `, True` needs no answer, `, False` takes rows for code.

    Rows that were given as a list or a pandas frame are an RDD to Spark, as those that the model's own Python makes.
    """
    if free_of_effects(model):
        return ", True"
    return ", False" if makes_rdds(model) else ""


def makes_rdds(model: Model) -> bool:
    """Whether the model, or a module that is not followed, may make an RDD, whose rows its own Python computes."""
    return _RDDS.search(model.code) is not None or unknown_modules(model)


def unrepeatable(model: Model, frame: Frame) -> str:
    """A reason code where two evaluations of `frame` could differ, or the first one be missed; "" where not.

    Python functions count only where they may do more than make a value of their arguments.
    """
    if frame.nondeterministic:
        return "nondeterministic"
    if _OBSERVED.search(model.code):
        return "observed"
    if _as_it_is(frame) and not frame.python_udf:
        return ""
    python = frame.python_udf or _hazard_of_text(model) == "python_udf"
    if python and (unknown_modules(model) or not pure_functions(model)):
        return "python_udf"
    return "nondeterministic" if _CHANGES.search(model.code) else ""


def cached(model: Model, frame: Frame) -> bool:
    """Whether a cache could hold the frame or a part of it: caches go by plan and by table, not by name."""
    return frame.cached or _CACHED.search(model.code) is not None


def chosen_rows(model: Model, frame: Frame, call: ast.Call) -> bool:
    """Whether the rows may be picked in an order that Spark does not define, and that other columns could turn."""
    if _as_it_is(frame):
        return False
    return any(_CHOOSES.search(text) for text in _before(model, call))


def may_raise(model: Model, call: ast.Call) -> bool:
    """Whether an expression in the code before `call` might fail for some values."""
    if _STRICT.search(model.code) or (model.ansi and not _only_names_columns(model, call)):
        return True
    modules, functions = model.spark_functions
    end = model.span(call).end
    for node in model.parents:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            said = not isinstance(model.parents[node], ast.Expr)
            if said and _is_reached(model, node, end) and not _total(_CALLED.findall(node.value)):
                return True
        elif isinstance(node, ast.Call) and _written_elsewhere(model, node):
            if _is_reached(model, node, end):
                return True
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            from_spark = node.value.id in modules and node.attr not in _TOTAL
            if from_spark and _is_reached(model, node, end):
                return True
        elif isinstance(node, ast.Name) and functions.get(node.id, "col") not in _TOTAL:
            return True
    return False


def _only_names_columns(model: Model, call: ast.Call) -> bool:
    """Whether the code before `call` computes nothing of values: it makes frames, names columns, orders and drops rows.

    In ANSI mode nearly every expression may fail: arithmetic, a comparison that converts, an array's element.
    """
    end = model.span(call).end
    around = set(model.above(call))
    for node in model.parents:
        if node in around or node is call or not isinstance(node, _COMPUTES):
            continue
        if _is_reached(model, node, end) and not _names_only(node):
            return False
    return True


_COMPUTES = (ast.Call, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.Compare, ast.AugAssign)


def _names_only(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Attribute):
            return func.attr in _HARMLESS
        return isinstance(func, ast.Name) and func.id in ("col", "column", "lit", "len", "print")
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    return isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)


_HARMLESS = frozenset(
    re.findall(
        r"\w+",
        """
    DataFrame alias asc col column config count createDataFrame desc distinct drop dropDuplicates drop_duplicates
    get isEmpty limit lit orderBy range ref select sort source toDF toPandas withColumnRenamed withColumnsRenamed
    """,
    )
)
"""Methods of dbt, frames, columns and Spark's functions that convert no value and take no SQL."""


def _written_elsewhere(model: Model, call: ast.Call) -> bool:
    """Whether a call takes SQL whose text is not in the file, but for what an f-string puts into it."""
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if name in ("expr", "selectExpr", "sql"):
        return not all(isinstance(arg, (ast.Constant, ast.JoinedStr)) for arg in call.args)
    if name in ("filter", "where"):
        configs = {use.span for use in model.uses("config.get", "config.meta_get")}
        return any(model.span(arg) in configs for arg in call.args)
    return False


def _total(words: list[str]) -> bool:
    return all(word.lower() in _LOWER for word in words)


_LOWER = frozenset(word.lower() for word in _TOTAL)


def _is_reached(model: Model, node: ast.AST, end: int) -> bool:
    """Whether a node stands before an offset of the model function, or in a function that may be called there."""
    start = model.span(node).start
    inside = model.span(model.function)
    return not (inside.start <= start < inside.end) or start < end


def _before(model: Model, call: ast.Call) -> tuple[str, str]:
    """The code outside of the model function, and that inside up to the frame of `call`."""
    inside = model.span(model.function)
    func = call.func
    end = model.span(func.value).end if isinstance(func, ast.Attribute) else model.span(call).end
    outside = model.code[: inside.start] + "\n" + model.code[inside.end :]
    return outside, model.code[inside.start : end]


def _as_it_is(frame: Frame) -> bool:
    """Whether a frame is all rows and columns of a table of dbt's, which no temporary view can stand for."""
    schema = frame.schema
    whole = len(schema.bases) == 1 and not schema.columns and not schema.open
    if not whole or frame.projected or frame.filtered:
        return False
    base = schema.bases[0]
    return base.relation.kind != "table" and not base.dropped and not base.renamed


@cache
def _known_modules() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names) | _NO_COLUMNS


def _hazard_of_text(model: Model) -> str:
    if _PYTHON.search(model.code):
        return "python_udf"
    if unknown_modules(model):
        return "python_udf"
    return "nondeterministic" if _CHANGES.search(model.code) else ""


def unknown_modules(model: Model) -> bool:
    """Whether a module is imported whose functions might make columns that run Python."""
    return any(found.level or found.top not in _known_modules() for found in model.facts.imports)
