{{ config(materialized='incremental', incremental_strategy='insert_overwrite', unique_key='id') }}
-- no partition_by: replaced as a whole
select id, customer, amount from {{ ref('orders_of_batch') }}
