"""pandas frames: what their attributes and items give, and which columns are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from glue_compiler.facts.schemas import Schema
from glue_compiler.flow.core import schemas
from glue_compiler.flow.core.foreign import note_foreign
from glue_compiler.flow.core.members import member_of, note_column, note_member
from glue_compiler.flow.core.objects import ConstValue, ListValue, MethodValue, ScalarValue, text_of
from glue_compiler.flow.core.values import UNKNOWN, Value
from glue_compiler.flow.pandas.names import names_of, note_names, with_base
from glue_compiler.flow.pandas.series import column_series
from glue_compiler.flow.pandas.values import PandasIndexer, PandasSeries
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.pandas.values import PandasFrame

_INSPECTS = frozenset({"empty", "index", "__len__"})
_INDEXERS = frozenset({"loc", "iloc", "at", "iat"})


def frame_attribute(it: Interpretation, node: cst.Attribute, frame: PandasFrame, env: Env) -> Value:
    """`frame.name` that is not called: a member, or else a column."""
    name = node.attr.value
    if name == "index" and (frame.plain_index or frame.index):
        # What happens to the index, such as `frame.index.name = "id"`, is not followed.
        env.replace(frame, changed(frame, plain_index=False, index=()))
    member = member_of(it, frame, name)
    if member is None and not name.startswith("_"):
        note_member(it, node, frame, is_column=True)
        span = it.spans[node.attr]
        note_column(it, frame, name, span, "attribute", case_sensitive=True)
        it.recorder.needs(frame, with_base(name))
        return column_series(frame, name)
    note_member(it, node, frame)
    if name in _INSPECTS:
        return ScalarValue("numpy.bool" if name == "empty" else "unknown")
    if name in ("columns", "dtypes", "shape", "axes"):
        it.escape(frame, f"{name}_attribute")
        if name == "columns" and frame.schema.exact:
            names = tuple(ConstValue(column) for column in frame.schema.names)
            return ListValue(names, form="index")
        return ListValue(None, ScalarValue("numpy.str"), "index") if name == "columns" else UNKNOWN
    if name in _INDEXERS:
        return PandasIndexer(frame)
    if member is not None and member.callable and name != "spark":
        return MethodValue(frame, name, node)
    it.escape(frame, "unknown_method")
    return UNKNOWN


def frame_item(it: Interpretation, node: cst.Subscript, frame: PandasFrame, index: Value) -> Value:
    """`frame["x"]`, `frame[["x", "y"]]`, `frame[mask]`, `frame[a:b]`."""
    part = node.slice[0].slice
    if frame.kind == "pandas" and type(part) is cst.Index:
        note_foreign(it, part.value, index, "pandas[]")
    name = text_of(index)
    if name is not None and isinstance(index, ConstValue):
        it.recorder.needs(frame, with_base(name))
        if index.span is not None:
            note_column(it, frame, name, index.span, "subscript", case_sensitive=True)
        return column_series(frame, name)
    names = names_of(index) if isinstance(index, ListValue) and index.form == "list" else None
    if names is not None:
        for item in names:
            it.recorder.needs(frame, with_base(item))
        note_names(it, frame, index, None, how="subscript", must_exist=True)
        columns = tuple(schemas.column_of(frame.schema, item) for item in names)
        return frame.with_schema(
            Schema(columns), projected=True, origin=it.spans[node], conversions=frozenset()
        )
    if isinstance(index, PandasSeries) or (
        isinstance(index, ScalarValue) and index.type == "slice"
    ):
        return changed(frame, filtered=True, origin=it.spans[node])
    it.escape(frame, "unknown_column")
    it.escape(index, "unknown_column")
    return UNKNOWN
