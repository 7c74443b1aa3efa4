def model(dbt, session):
    dbt.config(materialized="python_model")
    orders = dbt.ref("orders")
    return orders.groupBy("ordered_on").agg(sum(col("amount")).alias("revenue"))
