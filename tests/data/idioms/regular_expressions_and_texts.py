"""Texts: matched, replaced, split, padded, compared."""

from pyspark.sql import functions as F


def model(dbt, session):
    c = dbt.ref("customers").filter(F.col("email").rlike("^[a-zA-Z]+@") | F.col("name").like("G%"))
    return c.select(
        "customer_id",
        F.regexp_extract("email", r"@(\w+)\.", 1).alias("domain"),
        F.regexp_replace(F.col("name"), "[aeiou]", "_").alias("vowels"),
        F.split("name", " ")[0].alias("first"),
        F.lpad(F.col("customer_id").cast("string"), 5, "0").alias("padded"),
        F.concat_ws("-", "country", F.lit("x"), F.col("segment")).alias("joined"),
        F.col("name").substr(1, 3).alias("short"),
        F.col("name").startswith("A").alias("is_a"),
        F.initcap(F.lower("name")).alias("title"),
        F.format_string("%s (%d)", "name", "customer_id").alias("shown"),
    )
