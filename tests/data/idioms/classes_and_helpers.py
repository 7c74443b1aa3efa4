"""Helpers that give frames, a class with a property, defaults and keywords."""

from dataclasses import dataclass, field

from pyspark.sql import functions as F


@dataclass
class Settings:
    least: float = 10.0
    keys: list = field(default_factory=lambda: ["store_id"])

    @property
    def condition(self):
        return F.col("amount") >= self.least


def aggregated(frame, *keys, how=F.sum, name="revenue", **renamed):
    result = frame.groupBy(*keys).agg(how("amount").alias(name))
    for new, old in renamed.items():
        result = result.withColumnRenamed(old, new)
    return result


def model(dbt, session):
    settings = Settings(least=15)
    orders = dbt.ref("orders").filter(settings.condition)
    return aggregated(orders, *settings.keys, name="total", store="store_id")
