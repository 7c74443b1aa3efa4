-- Revenue by the plan that a customer had when the order was made: the snapshot knows.
{{ config(materialized='table') }}

select
    c.plan,
    cast(date_trunc('month', o.ordered_at) as date) as month,
    count(*) as orders,
    cast(sum(o.amount) as decimal(12, 2)) as revenue
from {{ ref('orders') }} as o
join {{ ref('customers_history') }} as c
    on c.customer_id = o.customer_id
    and o.ordered_at >= c.valid_from
    and (c.valid_to is null or o.ordered_at < c.valid_to)
where o.status <> 'cancelled'
group by c.plan, cast(date_trunc('month', o.ordered_at) as date)
