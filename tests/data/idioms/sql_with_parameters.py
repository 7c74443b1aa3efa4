"""SQL with parameters and frames put in by name."""


def model(dbt, session):
    orders = dbt.ref("orders")
    return session.sql(
        "select order_id, amount from {orders} where amount > :least and status = :status",
        args={"least": 10, "status": "paid"},
        orders=orders,
    )
