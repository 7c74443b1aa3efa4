"""Conditions in a list, which Spark joins by and."""


def model(dbt, session):
    orders = dbt.ref("orders")
    payments = dbt.ref("payments")
    on = [orders.order_id == payments.order_id, orders.amount == payments.amount]
    return orders.join(payments, on, "left_semi")
