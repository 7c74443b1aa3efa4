"""Conditions with and, or, not, each with its parentheses, and columns that are conditions."""

from pyspark.sql import functions as F


def model(dbt, session):
    products = dbt.ref("products")
    cheap = F.col("list_price") < 12
    media = products["category"] == "media"
    products = products.filter((cheap & media) | ~F.col("active"))
    products = products.filter(F.col("active").isNotNull() & F.col("list_price").between(1, 100))
    return products.where(cheap).where((F.col("title") != "x") & (cheap | media))
