"""Calls of dbt at places where dbt-core does not look."""


def model(dbt, session):
    first = dbt.ref("customers")[["id"]].distinct()
    second = dbt.ref("orders").join(first, dbt.ref("orders").id == first.id)
    both = [dbt.ref(name) for name in ("north", "south")]
    size = max(1, dbt.ref("limits").count())
    return second.limit(size).unionByName(both[0])
