"""Revenue in SQL over views."""


def model(dbt, session):
    dbt.ref("orders").createOrReplaceTempView("sr_orders")
    dbt.ref("stores").createOrReplaceTempView("sr_stores")
    revenue = session.sql(
        """
        select s.region, year(o.day) as year, sum(o.amount) as revenue, count(*) as n
        from sr_orders o
        join sr_stores s on s.store_id = o.store_id
        where o.status <> 'cancelled'
        group by s.region, year(o.day)
        """
    )
    return revenue.filter("revenue > 10 and n >= 1")
