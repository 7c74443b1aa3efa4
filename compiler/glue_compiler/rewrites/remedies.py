"""What a person can change to make a refused rewrite apply, by the reason of the refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.rewrites.decision import Decision

NOTHING = ""
"""Stands where nothing is to be gained, or nothing can be done about it."""

REMEDIES: dict[str, str] = {
    "applied": NOTHING,
    "aggregate_order": "sort the result, or take `sort=False` away",
    "aggregated": "select the columns before the aggregation",
    "all_columns_used": NOTHING,
    "already_projected": NOTHING,
    "cached": "drop the cache where the frame is used once, or test `df.isEmpty()` yourself",
    "chain_parentheses": "write the chain with one pair of parentheses around all of it",
    "column_list_used": "write the names of the columns instead of `df.columns`, or select them first",
    "computed_again": "put `.cache()` behind it, where a run says that it pays, or make it a model of its own and read that",
    "computed_name": "write the names of the columns as literals, or select them first",
    "conditional_columns": "let the loop add one column per round and nothing else, or build a dict for `withColumns`",
    "count_reported": "count and print directly before the `return`",
    "count_value_used": NOTHING,
    "default_keeps": "set `optimize_actions: true` where nobody reads what it prints",
    "disabled": "take it out of `optimize: {disable: [...]}`",
    "dtype_may_change": "filter in Spark before the conversion: `df.filter(...).toPandas()`",
    "escapes": "select the columns that the other code needs before the conversion: `df.select(...).toPandas()`",
    "few_columns": NOTHING,
    "frame_alias": "use one name for the frame, and no `locals()`, `exec` or `eval`",
    "frame_returned": NOTHING,
    "generator": "add the generator in a `select` of its own",
    "identity_test": "write `if dbt.is_incremental:` without `is True`",
    "in_fstring": "give the value a name on the line before",
    "in_helper": "convert in `model` itself and hand the pandas frame to the helper, or select the columns in the helper",
    "in_loop": "move it in front of the loop, or select the columns there",
    "in_try": "move the conversion in front of the `try` or `with` block",
    "index_attached": "select the columns in front of `pandas_api()`",
    "index_used": "end the filter with `.reset_index(drop=True)`, or filter in Spark before the conversion",
    "iterable_lazy": "loop over a list that is written down: `for name in [...]`",
    "kind_unknown": "read the frame in `model` itself: `dbt.ref(...)`, `session.table(...)`, `session.sql(...)`",
    "lazy": NOTHING,
    "line_joined": "put parentheses around the expression instead of the backslash",
    "loop_variable_used": "do not use the loop's variable after the loop",
    "may_raise": "select the columns first, if a row that cannot be computed need not fail the run (or leave out `optimize: strict`)",
    "mutable_value": NOTHING,
    "named_in_text": "give the frame a name that no text of the file has",
    "nan_semantics": "filter in Spark before the conversion, and say there what NULL means",
    "no_columns_used": "count in Spark: `df.count()` brings no rows to the driver",
    "nondeterministic": "write the frame with the random values to a model of its own, and read that",
    "not_analysed": "mend what `dbt-glue check` finds in the file",
    "not_boolean": "write `if dbt.is_incremental:`",
    "not_returned": NOTHING,
    "observed": NOTHING,
    "operator_changes_rows": "name the columns: `drop_duplicates(subset=[...])`, `dropna(subset=[...])`, or select them first",
    "order_undefined": "order the rows by columns that tell them apart, or select the columns first",
    "order_seen": "count or aggregate the frame as a whole, or take the rows after an aggregation",
    "overlaps": NOTHING,
    "packages_stay": NOTHING,
    "positional": "take columns by name: `df['x']` instead of `df.iloc[:, 0]`, or select them first",
    "python_udf": "use a built-in function, or say `optimize: {pure_udfs: true}` where the functions only make values",
    "receiver_computed": "give the frame a name, and call the method on that",
    "renamed_labels": "rename with `rename(columns={...})`",
    "row_wise": "use whole columns instead of `apply(axis=1)`, `iterrows` or `values`, or select them first",
    "rows_used": "select and aggregate in Spark, in front of `toPandas()`",
    "sets_or_writes": "leave writing to dbt, and set what is to be set in the config",
    "spans_lines": "write the call on one line",
    "spark_too_old": "run on a newer Glue",
    "too_large": NOTHING,
    "unknown_aggregation": "name the columns, with size, count, min, max, sum, mean or nunique",
    "unknown_call": "write the expression with functions of `pyspark.sql.functions`, or select the columns first",
    "unknown_method": "select the columns before the conversion: `df.select(...).toPandas()`",
    "unset": NOTHING,
    "value_discarded": "delete the line if nothing needs it",
    "value_taken_apart": NOTHING,
    "via_alias": "call it on `dbt` itself",
    "whole_rows": "select the columns that the function reads before it: `df.select(...).mapInPandas(...)`",
    "writes_visible": "write columns that read each other in steps of their own: one `withColumns` for each",
}
"""What to change, for every reason of `decision.REASONS`."""

_WEIGHTS = {"projection": 60, "filters": 50, "emptiness": 40, "counts": 30, "with_columns": 25}
_WEIGHT = 45
_LITTLE = {"arrow": 15, "debug_actions": 10, "partial_evaluation": 0}


def remedy(decision: Decision) -> str:
    """What to change to make a refused rewrite apply; "" where there is nothing."""
    if decision.rewrite == "partial_evaluation":
        return NOTHING  # a constant saves nothing by itself
    return REMEDIES.get(decision.reason, NOTHING)


def weight(rewrite: str, share: float | None) -> float:
    """How much is expected of a rewrite, to put the most first: the kind of work, and the share of bytes where it is known."""
    return {**_WEIGHTS, **_LITTLE}.get(rewrite, _WEIGHT) + 100 * (share or 0)
