"""Accessors of dates and texts, and types."""

import pandas as pd


def model(dbt, session):
    customers = dbt.ref("customers").toPandas()
    customers["signup_day"] = pd.to_datetime(customers["signup_day"])
    customers["month"] = customers["signup_day"].dt.to_period("M").astype(str)
    customers["weekday"] = customers["signup_day"].dt.day_name()
    customers["first"] = customers["name"].str.split(" ").str[0]
    customers["domain"] = customers["email"].str.extract(r"@(.+)$")[0].str.lower()
    customers["age"] = (pd.Timestamp("2025-01-01") - customers["signup_day"]).dt.days.astype(
        "int64"
    )
    return customers.drop(columns=["email", "signup_day"])
