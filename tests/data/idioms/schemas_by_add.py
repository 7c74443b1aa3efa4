"""A schema put together by add, and one from text."""

from pyspark.sql.types import DoubleType, LongType, StringType, StructType


def model(dbt, session):
    schema = StructType().add("name", StringType()).add("n", LongType(), True).add("x", "double")
    rows = [("a", 1, 1.5), ("b", None, None)]
    frame = session.createDataFrame(rows, schema)
    assert frame.schema["x"].dataType == DoubleType()
    return frame.select(schema.fieldNames())
