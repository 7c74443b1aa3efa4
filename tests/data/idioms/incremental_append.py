"""Only rows whose key the own table does not have, appended."""


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append")
    events = dbt.ref("events").select("event_id", "kind", "happened_at")
    if dbt.is_incremental:
        known = session.sql(f"select event_id from {dbt.this}")
        events = events.join(known, "event_id", "left_anti")
    return events
