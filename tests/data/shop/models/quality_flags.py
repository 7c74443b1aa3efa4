"""Orders that somebody should look at."""

from pyspark.sql import functions as F

GOOD = ["paid", "open"]
LIMIT = 100


def model(dbt, session):
    orders = dbt.ref("orders")
    items = dbt.ref("items").groupBy("order_id").agg(F.sum(F.col("quantity") * F.col("price")).alias("worth"))
    checked = orders.join(items, "order_id", "left").withColumn("missing", F.col("amount").isNull())
    checked = checked.withColumn("odd", ~F.col("status").isin(GOOD))
    checked = checked.withColumn("large", F.col("amount").between(LIMIT, 10 * LIMIT))
    checked = checked.withColumn(
        "differs", (F.col("worth") - F.col("amount") > 0.01) | F.col("worth").isNull()
    )
    flagged = checked.filter("missing or odd or differs")
    return flagged.select("order_id", "missing", "odd", "large", "differs")
