{% snapshot customers %}
{{ config(target_schema='dbt_demo', unique_key='customer', strategy='check', check_cols=['amount'], file_format='iceberg') }}
select customer, max(amount) as amount from {{ ref('orders_of_batch') }} group by customer
{% endsnapshot %}
