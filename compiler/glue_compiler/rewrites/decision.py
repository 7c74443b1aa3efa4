"""What a rewrite decided about one place of a model: applied, with its edits, or refused, with a reason code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue_compiler.findings.diagnostics import Edit
    from glue_compiler.text.source import Span

APPLIED = "applied"

REASONS: dict[str, str] = {
    APPLIED: "every condition holds",
    "aggregate_order": "the result shows the order in which values first appear among the rows: sort it, or take sort=False away",
    "aggregated": "an aggregation uses every column of the frame",
    "all_columns_used": "the model names every column that is there, or all that could be",
    "already_projected": "the columns are already selected before the conversion",
    "cached": "the frame is cached: the count fills the cache, which an emptiness test would not",
    "chain_parentheses": "parentheses inside the chain of calls",
    "column_list_used": "the list of columns, their types or their number is used",
    "computed_again": "whether keeping it pays depends on its size and on what Spark leaves out for each action, which only runs tell",
    "computed_name": "the names of the columns are computed in a way that is not followed",
    "conditional_columns": "the loop does more than add one column in every round",
    "count_reported": "what stands between the count and the return could see the number, or change what is counted",
    "count_value_used": "the number itself is used, not only whether it is zero",
    "default_keeps": "debug actions stay unless the model says optimize_actions: true",
    "disabled": "switched off by the config optimize",
    "dtype_may_change": "rows without NULL change the pandas type of a column, and with it the table's",
    "escapes": "the value is handed to code that is not followed",
    "few_columns": "two columns are not worth it",
    "frame_alias": "the value is also reached under a name that is not followed",
    "frame_returned": "the frame is returned: all its columns are the result",
    "generator": "a generator (explode and the like) makes rows, so that the order of the columns decides what the others see",
    "identity_test": "an identity test (is, is not) sees the difference between dbt.is_incremental and a bool",
    "in_fstring": "it stands inside an f-string",
    "in_helper": "it stands in a function that other code may call with other frames",
    "in_loop": "it runs in a loop, where the frame may differ from round to round",
    "in_try": "it stands in a try or with block, where its failure, or what was done before it, is part of the model",
    "index_attached": "a pandas-on-Spark frame makes its index of the order of all rows before it is collected: select the columns in front of pandas_api()",
    "index_used": "the positions of the rows are used afterwards",
    "iterable_lazy": "the loop's items may be made while it runs, or depend on the frame so far",
    "kind_unknown": "the kind of the frame is not known here",
    "lazy": "pandas-on-Spark is lazy: Spark itself leaves unused columns out, as no rows are brought to the driver",
    "line_joined": "a backslash continues the line inside",
    "loop_variable_used": "the loop's variable is used outside of the loop",
    "may_raise": "an expression may fail for a row that would not be computed any more, and the failure would vanish",
    "mutable_value": "the value is a list or a dict, which the model may change",
    "named_in_text": "its name is a word of a text, by which other code can read the frame",
    "nan_semantics": "pandas and Spark treat NULL or NaN differently in this comparison",
    "no_columns_used": "no column is used by name; only rows matter",
    "nondeterministic": "the frame holds random or time-dependent values, which another plan could change",
    "not_analysed": "the file is not analysed in full",
    "not_boolean": "the object itself is used, not only its truth",
    "not_returned": "the counted frame is not the one that is written",
    "observed": "an observation of the frame would see other rows",
    "operator_changes_rows": "a pandas method of this kind depends on all columns",
    "order_undefined": "rows are chosen in an order that Spark does not define, and other columns could choose others",
    "order_seen": "what is done with the rows may depend on their order, which is another one where they are read back",
    "overlaps": "another rewrite changes the same text",
    "packages_stay": "the branch goes, but its packages stay: a package can be needed without an import, and both kinds of runs share a session",
    "positional": "columns or values are taken by position",
    "python_udf": "the frame runs Python functions, whose side effects would be left out or seen at other times",
    "receiver_computed": "the frame is computed in the statement itself",
    "renamed_labels": "column labels are set from outside",
    "rows_used": "the rows themselves are used besides their aggregation: select and aggregate in Spark, in front of toPandas()",
    "row_wise": "whole rows are taken, whose common type depends on all columns",
    "sets_or_writes": "the model writes, or changes settings or tables: two evaluations may see different ones",
    "spans_lines": "it spans several lines in a way that cannot keep the line numbers",
    "spark_too_old": "the session's Spark does not have the method",
    "too_large": "the value is too large to be put into the source",
    "unknown_aggregation": "an aggregation of this form is not followed: name the columns, with size, count, min, max, sum, mean or nunique",
    "unknown_call": "an expression calls a function that is not followed",
    "unknown_method": "a method is used whose columns are not known",
    "unset": "the value is not known before the run",
    "value_discarded": "the value is not used; the count may be meant to fill a cache or to fail",
    "value_taken_apart": "a part of the value is taken",
    "via_alias": "it is reached through another name",
    "whole_rows": "a Python function gets whole rows, and which columns it reads is not followed",
    "writes_visible": "the columns are needed before the last one is added",
}
"""What every reason code means, for people."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one place: `edits` belong together; `reason` is a key of REASONS.

    `saves` says what is gained (applied), `detail` what exactly stands in the way (refused). `lines` are those of
    the actions whose seconds a run notes, 0 for the write of the result.
    """

    rewrite: str
    span: Span
    reason: str
    edits: tuple[Edit, ...] = ()
    saves: str = ""
    detail: str = ""
    lines: tuple[int, ...] = ()

    @property
    def applied(self) -> bool:
        """Whether the source is changed here."""
        return self.reason == APPLIED

    def to_dict(self, line: int) -> dict[str, Any]:
        """The decision as JSON data, with its 1-based line."""
        return {
            "rewrite": self.rewrite,
            "applied": self.applied,
            "reason": self.reason,
            "why": REASONS[self.reason],
            "line": line,
            "span": [self.span.start, self.span.end],
            "saves": self.saves,
            "detail": self.detail,
            "edits": [edit.to_dict() for edit in self.edits],
        }
