"""The frame of pandas on Spark; its series and groups are those of pandas, of this frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from glue_compiler.flow.pandas.values import PandasFrame

if TYPE_CHECKING:
    from glue_compiler.facts.schemas import FrameKind


class PandasOnSparkFrame(PandasFrame):
    """A frame with pandas' API whose rows Spark has."""

    __slots__ = ()
    kind: ClassVar[FrameKind] = "pandas_on_spark"
    on_driver = False
    classes = frozenset({"pyspark.pandas.DataFrame", "pyspark.pandas.frame.DataFrame"})
