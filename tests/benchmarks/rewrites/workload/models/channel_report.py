"""Events, users and revenue by marketing channel and device."""


def model(dbt, session):
    dbt.config(materialized="table")

    df = dbt.ref("events")
    df.printSchema()
    events = df.toPandas()

    print("channels:")
    print(events["utm_source"].value_counts())
    print("users:", events["user_id"].nunique())

    bookings = events[events["event_type"] == "booking"]
    report = (
        bookings.groupby(["utm_source", "device"])
        .agg({"user_id": "nunique", "event_id": "count", "price_cents": "sum"})
        .reset_index()
    )
    report.columns = ["channel", "device", "users", "bookings", "revenue_cents"]
    return report.sort_values(["channel", "device"])
