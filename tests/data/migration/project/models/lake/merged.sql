{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['id']) }}
select id, customer, amount, day from {{ ref('orders_of_batch') }}
