"""A frame held, asked for rows, and released."""

from pyspark import StorageLevel


def model(dbt, session):
    orders = dbt.ref("orders").persist(StorageLevel.MEMORY_ONLY)
    small = orders.filter("amount > 1000").cache()
    result = orders if small.rdd.isEmpty() and small.isEmpty() and not small.take(1) else small
    small.unpersist()
    if len(result.head(1)) == 0:
        raise ValueError("no orders")
    return result
