"""Flights as they come, cleaned: texts trimmed, gaps filled, measures as doubles, flags for what was missing."""

from pyspark.sql import functions as F

TEXTS = ["carrier", "tailnum", "origin", "dest", "cancellation_code"]
MEASURES = [
    "dep_delay",
    "arr_delay",
    "air_time",
    "distance",
    "taxi_out",
    "taxi_in",
    "carrier_delay",
    "weather_delay",
    "nas_delay",
    "security_delay",
    "late_aircraft_delay",
]


def model(dbt, session):
    df = dbt.ref("flights")
    print(f"input: {df.count()} rows, {len(df.columns)} columns")

    for c in TEXTS:
        df = df.withColumn(c, F.upper(F.trim(F.col(c))))

    for c in MEASURES:
        df = df.withColumn(f"{c}_missing", F.col(c).isNull())

    for c in MEASURES:
        df = df.withColumn(c, F.coalesce(F.col(c).cast("double"), F.lit(0.0)))

    for days in (7, 30, 90, 365):
        df = df.withColumn(f"is_last_{days}_days", F.datediff(F.lit("2013-12-31"), "time_hour") < days)

    df = df.withColumn("delay_total", sum(F.col(c) for c in MEASURES if c.endswith("_delay")))
    df.show(5)
    print(f"output: {df.count()} rows")
    return df
