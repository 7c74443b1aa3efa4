"""Values of a group as a list, sorted, with structs."""

from pyspark.sql import functions as F


def model(dbt, session):
    lists = (
        dbt.ref("items")
        .groupBy("order_id")
        .agg(
            F.sort_array(F.collect_set("product_id")).alias("products"),
            F.collect_list(F.struct("product_id", "quantity")).alias("lines"),
        )
    )
    return lists.select(
        "order_id", "products", F.size("lines").alias("n"), F.col("lines")[0]["quantity"].alias("q")
    )
