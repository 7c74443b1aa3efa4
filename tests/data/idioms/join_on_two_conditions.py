"""Two conditions, by the frames' own columns, and the keys of one side dropped."""


def model(dbt, session):
    items = dbt.ref("items")
    products = dbt.ref("products")
    joined = items.join(
        products,
        (items.product_id == products.product_id) & (items.price < products.list_price),
        "left",
    )
    return joined.drop(products.product_id).select("order_id", "product_id", "title")
