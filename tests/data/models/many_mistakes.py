"""Copied from another warehouse."""

from snowflake.snowpark.functions import col as scol


def model(dbt, session):
    dbt.config(materialised="table", unique_id="id")
    orders = dbt.ref("orders").select("id", "Amount")
    orders.filter(orders.Amount > 10)
    orders.with_column("x", scol("id"))
    total = spark.table("other.table").count()
    pdf = orders.to_pandas()
    if dbt.this.name == "x" or dbt.var("y"):
        return orders, total
    orders["z"] = 1
    return orders.amount
