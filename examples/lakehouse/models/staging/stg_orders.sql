select
    order_id,
    customer_id,
    cast(ordered_at as timestamp) as ordered_at,
    cast(amount as decimal(10, 2)) as amount,
    status,
    cast(loaded_on as date) as loaded_on
from {{ source('shop', 'orders') }}
