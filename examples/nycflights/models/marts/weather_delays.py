"""Which weather goes with delays: the correlation of each measure with the hourly delay: pandas."""

from pyspark.sql import functions as F

MEASURES = ["temperature", "humidity", "wind_speed", "precipitation", "pressure", "visibility"]


def model(dbt, session):
    # Spark brings 336,776 flights down to one row per airport and hour; pandas takes it from there.
    delays = (
        dbt.ref("stg_flights")
        .groupBy("origin", F.col("scheduled_hour").alias("observed_hour"))
        .agg(F.avg("departure_delay").alias("delay"))
        .toPandas()
    )
    weather = dbt.ref("stg_weather").toPandas()
    hours = delays.merge(weather, on=["origin", "observed_hour"]).dropna(subset=["delay"])

    by_origin = hours.groupby("origin")[["delay", *MEASURES]]
    correlations = by_origin.corr(method="spearman")["delay"].drop("delay", level=1)
    print(f"{len(hours)} hours with flights and weather")
    return correlations.rename_axis(["origin", "measure"]).reset_index(name="correlation")
