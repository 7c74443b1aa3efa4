"""Payments, replaced by their keys."""

from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["payment_id", "order_id"],
    )
    payments = dbt.ref("payments").filter((F.col("amount") > 0) & F.col("paid_at").isNotNull())
    if dbt.is_incremental:
        last = session.sql(f"select max(paid_on) from {dbt.this}").collect()[0][0]
        payments = payments.filter(F.to_date("paid_at") >= F.date_sub(F.lit(last), 3))
    return payments.select("payment_id", "order_id", "amount", F.to_date("paid_at").alias("paid_on"))
