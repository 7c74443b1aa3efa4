"""Fewer names than values: Spark names the others by their place."""


def model(dbt, session):
    frame = session.createDataFrame([(1, "x"), (2, "y")], ["a"])
    numbers = session.createDataFrame([1, 2], "int").withColumnRenamed("value", "a")
    return frame.select("a", "_2").join(numbers, "a")
