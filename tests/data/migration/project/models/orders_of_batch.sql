{{ config(materialized='view') }}
select cast(id as int) as id, customer, cast(amount as double) as amount, cast(day as string) as day, cast(batch as int) as batch
from {{ ref('raw_orders') }}
where cast(batch as int) = {{ var('batch') }}
