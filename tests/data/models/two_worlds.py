"""A name that only the incremental run binds, and a first run that ends early."""


def model(dbt, session):
    dbt.config(materialized="incremental")
    if dbt.is_incremental:
        since = "2024-01-01"
    else:
        everything = dbt.ref("log")
    if not dbt.is_incremental:
        return everything
    recent = dbt.ref("log").filter(f"day >= '{since}'")
    return recent
