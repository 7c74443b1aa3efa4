def model(dbt, spark):
    dbt.config(materialized="python_model", file_format="iceberg")
    frame = spark.createDataFrame([("a", 1), ("a", 2), ("b", 3)], ["kind", "value"])
    return frame.groupBy("kind").agg(count("*").alias("rows")).withColumn("made_by", lit("model"))
