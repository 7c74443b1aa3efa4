"""Every store with every rate."""

from pyspark.sql.functions import broadcast, col


def model(dbt, session):
    pairs = dbt.ref("stores").crossJoin(broadcast(dbt.ref("rates")))
    return pairs.select("city", "currency", (col("rate") * 100).alias("percent"))
