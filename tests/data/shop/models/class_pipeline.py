"""A class that holds the steps."""

from pyspark.sql import functions as F


class Pipeline:
    def __init__(self, orders, items):
        self.orders = orders
        self.items = items

    def cleaned(self):
        return self.orders.dropna(subset=["amount"]).filter(F.col("quantity") > 0)

    def run(self):
        worth = self.items.groupBy("order_id").agg(F.sum("price").alias("worth"))
        joined = self.cleaned().join(worth, "order_id", how="left")
        return joined.withColumn("worth", F.coalesce("worth", F.lit(0.0)))


def model(dbt, session):
    return Pipeline(dbt.ref("orders"), dbt.ref("items")).run().select("order_id", "worth", "day")
