"""Wide and long again."""


def model(dbt, session):
    orders = dbt.ref("orders").toPandas()
    wide = orders.pivot_table(index="store_id", columns="status", values="amount", aggfunc="sum")
    wide = wide.fillna(0.0).reset_index()
    wide.columns.name = None
    long = wide.melt(id_vars=["store_id"], var_name="status", value_name="amount")
    return long[long["amount"] > 0].sort_values(["store_id", "status"])
