"""How late each route is, and where that puts it among the routes of its airport: PySpark."""

from pyspark.sql import Window
from pyspark.sql import functions as F

LATE = 15  # minutes; the limit of the US Department of Transportation
REGULAR = 100  # flights a year; fewer say little


def model(dbt, session):
    flights = dbt.ref("stg_flights").where(~F.col("is_cancelled"))
    airports = dbt.ref("airports").select(
        F.col("faa").alias("destination"),
        F.col("name").alias("destination_name"),
    )

    routes = (
        flights.groupBy("origin", "destination")
        .agg(
            F.count("*").alias("flights"),
            F.avg("departure_delay").alias("average_delay"),
            F.expr("percentile_approx(departure_delay, 0.9)").alias("delay_of_the_worst_tenth"),
            F.avg((F.col("departure_delay") > LATE).cast("double")).alias("late_share"),
        )
        .where(F.col("flights") >= REGULAR)
    )

    at_origin = Window.partitionBy("origin")
    ranked = (
        routes.join(airports, "destination", "left")
        .withColumn("rank_at_origin", F.rank().over(at_origin.orderBy(F.desc("average_delay"))))
        .withColumn("share_of_origin", F.col("flights") / F.sum("flights").over(at_origin))
    )
    print(f"{ranked.count()} routes with at least {REGULAR} flights")
    return ranked
