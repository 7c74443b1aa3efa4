"""Frames that pandas on Spark makes of others, and others of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.flow.core.conversions import note_conversion
from glue_compiler.flow.core.members import member_of, note_member
from glue_compiler.flow.pandas.methods import frame_method as pandas_frame_method
from glue_compiler.flow.pandas.top import frames_given, top_function
from glue_compiler.flow.pandas.values import PandasFrame
from glue_compiler.flow.pandas_on_spark.values import PandasOnSparkFrame
from glue_compiler.flow.spark.values import SparkFrame
from glue_compiler.text.changed import changed

if TYPE_CHECKING:
    from glue_compiler.flow.core.calls import Call
    from glue_compiler.flow.core.interpretation import Interpretation
    from glue_compiler.flow.core.objects import MethodValue
    from glue_compiler.flow.core.state import Env
    from glue_compiler.flow.core.values import FrameValue, Value


def frame_method(
    it: Interpretation, call: Call, method: MethodValue, frame: PandasOnSparkFrame, env: Env
) -> Value:
    """`frame.name(...)`: a conversion, or what it is in pandas."""
    origin = it.spans[call.node]
    result: FrameValue
    if member_of(it, frame, method.name) is not None and method.name == "to_spark":
        result = SparkFrame.converted_from(frame, origin)
    elif member_of(it, frame, method.name) is not None and method.name == "to_pandas":
        result = PandasFrame.converted_from(frame, origin)
        result = changed(result, plain_index=frame.plain_index, index=frame.index)
    else:
        return pandas_frame_method(it, call, method, frame, env)
    # `to_spark` may be told the names of columns for the index.
    source = changed(frame, index=()) if call.args else frame
    note_conversion(it, method.name, source, result, it.spans[method.node.value])
    note_member(it, method.node, frame, call, result)
    return result


def top_level_function(it: Interpretation, call: Call, name: str, _env: Env) -> Value | None:
    """The value of a call of something in pyspark.pandas; None when nothing is known about it."""
    last = name.removeprefix("pyspark.pandas.")
    frames = frames_given(call) if last == "from_pandas" else ()
    if not frames:
        return top_function(it, call, last, PandasOnSparkFrame)
    for arg in call.args:
        it.escape(arg.value, "argument")
    return PandasOnSparkFrame(frames[0].schema, frames[0].relations, it.spans[call.node])
