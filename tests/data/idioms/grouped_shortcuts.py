"""Aggregates of groups without agg, and agg by a dictionary."""


def model(dbt, session):
    orders = dbt.ref("orders")
    counts = orders.groupBy("store_id").count().withColumnRenamed("count", "n")
    sums = orders.groupBy("store_id").sum("amount", "quantity")
    sums = sums.toDF("store_id", "amount", "quantity")
    extremes = orders.groupBy("store_id").agg({"amount": "max", "day": "min"})
    extremes = extremes.withColumnRenamed("max(amount)", "most").withColumnRenamed(
        "min(day)", "first"
    )
    return counts.join(sums, "store_id").join(extremes, "store_id")
