"""Cohorts in SQL, with parts put in by Python."""

COLUMNS = ["segment", "country"]


def model(dbt, session):
    customers = dbt.ref("customers")
    orders = dbt.ref("orders").filter("status in ('paid', 'open') and amount is not null")
    customers.createOrReplaceTempView("sc_customers")
    orders.createOrReplaceTempView("sc_orders")
    first = session.sql("select customer_id, min(day) as first_day from sc_orders group by customer_id")
    first.createOrReplaceTempView("sc_first")
    result = session.sql(
        """
        with joined as (
            select c.customer_id, c.segment, c.country, f.first_day
            from sc_customers c
            left join sc_first f on f.customer_id = c.customer_id
        )
        select segment, country, date_format(first_day, 'yyyy-MM') as month, count(customer_id) as n
        from joined
        group by segment, country, date_format(first_day, 'yyyy-MM')
        """
    )
    return result.selectExpr(*COLUMNS, "month", "cast(n as bigint) as n", "upper(segment) as label")
