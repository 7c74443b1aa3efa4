"""What pandas on Spark registers: what pandas does, for its own frames."""

from __future__ import annotations

from glue_compiler.flow.core.library import Library, Meaning
from glue_compiler.flow.pandas.frames import frame_attribute, frame_item
from glue_compiler.flow.pandas.stores import delete_item, store_attribute, store_item
from glue_compiler.flow.pandas_on_spark.conversions import frame_method, top_level_function
from glue_compiler.flow.pandas_on_spark.values import PandasOnSparkFrame

LIBRARY = Library(
    name="pandas_on_spark",
    meanings=(
        Meaning(
            PandasOnSparkFrame,
            attribute=frame_attribute,
            item=frame_item,
            method=frame_method,
            store_item=store_item,
            store_attribute=store_attribute,
            delete_item=delete_item,
        ),
    ),
    functions={"pyspark.pandas": top_level_function},
)
