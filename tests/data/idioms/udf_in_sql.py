"""A function registered for SQL, by the session."""

from pyspark.sql.types import LongType


def model(dbt, session):
    session.udf.register("plus_one", lambda x: None if x is None else x + 1, LongType())
    dbt.ref("orders").createOrReplaceTempView("us_orders")
    return session.sql("select order_id, plus_one(cast(quantity as bigint)) as q from us_orders")
