"""A Spark session of its own with Iceberg's GlueCatalog and S3FileIO as the catalog `lake`: no part of the endpoint runs in it."""

from pathlib import Path

from pyspark.sql import SparkSession

CATALOG = "spark.sql.catalog.lake"
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "1",
    # Each statement runs once or twice: what is compiled for speed would not be fast in time.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.warehouse.dir": str(Path.cwd() / "unused"),
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    CATALOG: "org.apache.iceberg.spark.SparkCatalog",
    f"{CATALOG}.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
    f"{CATALOG}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    f"{CATALOG}.warehouse": "s3://clients/iceberg",
}


def iceberg_spark(threads, log_level, settings):
    """The session, with settings of Spark's beside those above."""
    builder = SparkSession.builder.master(f"local[{threads}]")
    for key, value in {**SETTINGS, **settings}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel(log_level)
    return spark
