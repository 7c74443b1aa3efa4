"""SQL over a view of a frame, with a CTE, a window and a subquery."""


def model(dbt, session):
    dbt.ref("orders").createOrReplaceTempView("sv_orders")
    return session.sql(
        """
        with ranked as (
            select o.*, row_number() over (partition by customer_id order by day desc) as place
            from sv_orders as o
            where o.amount > (select avg(amount) / 2 from sv_orders)
        )
        select order_id, customer_id, amount -- the newest
        from ranked where place = 1
        """
    )
