"""The share of each carrier's flights that arrive on time, month by month: pandas on Spark."""

LATE = 15  # minutes


def model(dbt, session):
    flights = dbt.ref("stg_flights").pandas_api()
    flights = flights[flights["arrival_delay"].notnull()]
    flights["on_time"] = (flights["arrival_delay"] <= LATE).astype("float64")

    months = flights.groupby(["carrier", "month"], as_index=False).agg(
        {"on_time": "mean", "arrival_delay": "mean"}
    )
    return months.rename(columns={"on_time": "on_time_share", "arrival_delay": "average_delay"})
