"""Rows of a Spark frame on the driver: their fields, items, and loops over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.frames import RowLoop
from glue_compiler.flow.core.objects import ConstValue, ScalarValue
from glue_compiler.flow.core.values import UNKNOWN, Value
from glue_compiler.flow.spark.values import SparkRows
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    import libcst as cst

    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.library import Loop
    from glue_compiler.flow.core.state import Env


def rows_attribute(it: Interpretation, node: cst.Attribute, rows: SparkRows, _env: Env) -> Value:
    """`row.name`."""
    if rows.one and not node.attr.value.startswith("_"):
        return rows.field()
    it.escape(rows, "unknown")
    return UNKNOWN


def rows_item(_it: Interpretation, _node: cst.Subscript, rows: SparkRows, index: Value) -> Value:
    """`row["name"]`, `rows[0]`, `rows[1:]`."""
    if rows.one:
        return rows.field()
    if isinstance(index, ConstValue):
        return SparkRows(rows.frame, True, rows.source)
    sliced = isinstance(index, ScalarValue) and index.type == "slice"
    return rows if sliced else changed(rows, listed=False)


def note_row_loop(it: Interpretation, rows: SparkRows, loop: Loop) -> None:
    """Record a loop or comprehension over the rows of a frame."""
    if rows.one:
        return
    lazy = "toLocalIterator" in it.tree.text(loop.iterable)
    it.recorder.add(
        "row_loops",
        RowLoop(
            it.spans[loop.iterable],
            it.spans[loop.node],
            "toLocalIterator" if lazy else "collect",
            it.recorder.frame(rows.frame),
            (),
        ),
    )
