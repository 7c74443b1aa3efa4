{{ config(materialized='incremental', incremental_strategy='append') }}
select * from {{ ref('orders_of_batch') }}
