"""All contacts: events and payments under each other."""

from pyspark.sql import functions as F


def model(dbt, session):
    orders = dbt.ref("orders").select("order_id", "customer_id")
    payments = dbt.ref("payments").join(orders, "order_id").select(
        F.col("payment_id").alias("contact_id"),
        "customer_id",
        F.lit("payment").alias("kind"),
        F.col("paid_at").alias("happened_at"),
    )
    events = dbt.ref("events").select(
        F.concat(F.lit("e-"), F.col("event_id")).alias("contact_id"),
        "customer_id",
        "kind",
        "happened_at",
    )
    contacts = payments.unionByName(events)
    return contacts.dropDuplicates(["contact_id"]).orderBy(F.desc("happened_at"))
