"""What both have, what one has alone."""


def model(dbt, session):
    paid = dbt.ref("payments").select("order_id")
    ordered = dbt.ref("orders").select("order_id")
    both = ordered.intersect(paid)
    unpaid = ordered.exceptAll(paid).subtract(both)
    return unpaid.unionAll(both).repartition(2, "order_id").dropDuplicates()
