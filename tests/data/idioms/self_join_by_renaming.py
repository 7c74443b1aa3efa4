"""A frame joined to itself, all columns of one side renamed first."""


def model(dbt, session):
    stores = dbt.ref("stores")
    others = stores.select([stores[name].alias(f"other_{name}") for name in stores.columns])
    return stores.join(others, stores.region == others.other_region).where(
        "store_id < other_store_id"
    )
