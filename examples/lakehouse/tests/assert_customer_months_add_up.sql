-- What the months of customers say is what the orders say.
select o.amount as of_orders, m.amount as of_months
from (select sum(amount) as amount from {{ ref('orders') }} where status <> 'cancelled') as o
cross join (select sum(amount) as amount from {{ ref('customer_months') }}) as m
where o.amount is distinct from m.amount
