-- One row for each order, as it was loaded last: corrections find their order by its number.
{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='order_id',
        partition_by=['months(ordered_at)'],
        on_schema_change='append_new_columns',
    )
}}

with newest as (
    select
        *,
        row_number() over (partition by order_id order by loaded_on desc) as version
    from {{ ref('stg_orders') }}
    {% if is_incremental() %}
    where loaded_on > (select coalesce(max(loaded_on), date'1970-01-01') from {{ this }})
    {% endif %}
)

select order_id, customer_id, ordered_at, amount, status, loaded_on
from newest
where version = 1
