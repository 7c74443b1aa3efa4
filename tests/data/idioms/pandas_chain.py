"""A chain of pandas methods."""


def model(dbt, session):
    orders = dbt.ref("orders").toPandas()
    return (
        orders.query("status == 'paid'")
        .assign(value=lambda df: df["amount"].fillna(0) * df["quantity"], one=1)
        .groupby(["store_id", "status"], as_index=False)
        .agg({"value": "sum", "one": "count", "day": "max"})
        .rename(columns={"one": "n", "day": "last"})
        .sort_values(by=["value"], ascending=False)
        .reset_index(drop=True)
        .loc[:, ["store_id", "value", "n", "last"]]
    )
