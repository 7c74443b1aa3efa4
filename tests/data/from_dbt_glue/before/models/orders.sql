{{ config(materialized='incremental', unique_key='order_id', file_format='iceberg') }}
select * from {{ ref('raw_orders') }}
