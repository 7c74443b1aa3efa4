"""The pandas API on Spark: columns, filters, groups."""


def model(dbt, session):
    orders = dbt.ref("orders").pandas_api()
    orders["value"] = orders["amount"].fillna(0) * orders["quantity"]
    orders = orders[(orders["status"] == "paid") | (orders["value"] > 5)]
    orders = orders.drop(columns=["ordered_at", "coupon"])
    orders["size"] = (orders["value"] > 50).astype(str)
    return orders.sort_values("order_id")
