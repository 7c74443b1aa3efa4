"""Products in bands of prices, with their best sellers."""

from pyspark.sql import Window, functions as F


def model(dbt, session):
    products = dbt.ref("products").filter(F.col("active") == True)  # noqa: E712
    items = dbt.ref("items")
    sold = items.groupBy("product_id").agg(F.sum("quantity").alias("sold"), F.avg("price").alias("mean"))
    joined = products.join(sold, on="product_id", how="left").fillna({"sold": 0})
    by_category = Window.partitionBy("category").orderBy(F.desc("sold"), "product_id")
    ranked = joined.withColumn("rank", F.rank().over(by_category))
    ranked = ranked.withColumn("share", F.col("sold") / F.sum("sold").over(Window.partitionBy("category")))
    ranked = ranked.withColumn("band", F.when(F.col("list_price") < 11, F.lit("low")).otherwise(F.lit("high")))
    return ranked.where((F.col("rank") <= 3) & F.col("category").isin("media", "home"))
