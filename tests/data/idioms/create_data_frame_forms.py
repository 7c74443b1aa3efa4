"""Frames from rows: tuples, dictionaries, Rows, pandas, with schemas of all kinds."""

import pandas as pd
from pyspark.sql import Row
from pyspark.sql import types as T


def model(dbt, session):
    schema = T.StructType(
        [T.StructField("a", T.IntegerType()), T.StructField("b", T.StringType(), False)]
    )
    frames = [
        session.createDataFrame([(1, "x"), (2, "y")], ["a", "b"]),
        session.createDataFrame([(3, "z")], schema),
        session.createDataFrame([[4, "w"]], "a int, b string"),
        session.createDataFrame([{"a": 5, "b": "v"}]),
        session.createDataFrame([Row(a=6, b="u")]),
        session.createDataFrame(pd.DataFrame({"a": [7], "b": ["t"]})),
        session.createDataFrame([(8, "s")]).toDF("a", "b"),
        session.createDataFrame([], schema),
        session.createDataFrame(data=[(9, "r")], schema="struct<a: int, b: string>"),
    ]
    result = frames[0]
    for frame in frames[1:]:
        result = result.union(frame.select("a", "b"))
    return result
