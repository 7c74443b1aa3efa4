"""What PySpark registers."""

from __future__ import annotations

from glue_compiler.flow.core.interpretation import Engine
from glue_compiler.flow.core.library import Library, Meaning
from glue_compiler.flow.spark.caching import cache_uses
from glue_compiler.flow.spark.columns import (
    column_attribute,
    column_comparison,
    column_item,
    column_method,
    column_operator,
    column_sign,
)
from glue_compiler.flow.spark.frames import (
    frame_attribute,
    frame_item,
    frame_method,
    note_attribute_store,
    note_item_store,
)
from glue_compiler.flow.spark.functions import pyspark_function, reduced
from glue_compiler.flow.spark.groups import groups_attribute, groups_item, groups_method
from glue_compiler.flow.spark.objects import object_attribute, object_item, object_method
from glue_compiler.flow.spark.rows import note_row_loop, rows_attribute, rows_item
from glue_compiler.flow.spark.tables import lose_views
from glue_compiler.flow.spark.udfs import applied_decorator, decorated_udf, udf_call
from glue_compiler.flow.spark.values import (
    SESSION,
    SparkColumn,
    SparkFrame,
    SparkGroups,
    SparkObject,
    SparkRows,
    Udf,
    UdfDecorator,
    UdfFunction,
    relation_frame,
)

LIBRARY = Library(
    name="spark",
    meanings=(
        Meaning(
            SparkFrame,
            attribute=frame_attribute,
            item=frame_item,
            method=frame_method,
            store_item=note_item_store,
            store_attribute=note_attribute_store,
        ),
        Meaning(
            SparkColumn,
            attribute=column_attribute,
            item=column_item,
            method=column_method,
            operator=column_operator,
            comparison=column_comparison,
            sign=column_sign,
        ),
        Meaning(SparkGroups, attribute=groups_attribute, item=groups_item, method=groups_method),
        Meaning(SparkRows, attribute=rows_attribute, item=rows_item, iteration=note_row_loop),
        Meaning(SparkObject, attribute=object_attribute, item=object_item, method=object_method),
        Meaning(Udf, call=udf_call),
        Meaning(UdfDecorator, call=applied_decorator),
        Meaning(UdfFunction, call=udf_call),
    ),
    functions={"pyspark": pyspark_function, "functools.reduce": reduced},
    decorators={"pyspark": decorated_udf},
    kept=frozenset(
        {
            *("cache", "persist", "unpersist", "checkpoint", "localCheckpoint", "show", "foreach"),
            *("createOrReplaceTempView", "createTempView", "createGlobalTempView", "observe"),
            *("createOrReplaceGlobalTempView", "registerTempTable", "hint", "crosstab"),
            *("freqItems", "describe", "summary", "head", "tail"),
        }
    ),
    engine=Engine(SESSION, relation_frame, frozenset({"spark"}), lose_views),
    afterwards=cache_uses,
)
