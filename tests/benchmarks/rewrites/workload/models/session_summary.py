"""One row per web session: what was looked at, for how long, and whether it ended in a booking."""

import logging

import pandas as pd

logger = logging.getLogger(__name__)


def model(dbt, session):
    dbt.config(materialized="table")
    events = dbt.ref("events").toPandas()
    logger.info(f"read {len(events)} events")

    summary = (
        events.groupby("session_id")
        .agg(
            started_at=("event_at", "min"),
            ended_at=("event_at", "max"),
            events=("event_id", "count"),
            pages=("page", "nunique"),
            spent=("price_cents", "sum"),
        )
        .reset_index()
    )
    summary["seconds"] = (summary["ended_at"] - summary["started_at"]).dt.total_seconds()
    summary["has_booked"] = summary["spent"] > 0
    return summary
