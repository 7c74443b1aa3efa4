{{ config(materialized='incremental', incremental_strategy='append', iceberg_expire_snapshots='False') }}
select id, amount, regexp_replace(customer, '[aeiou]', '') as consonants from {{ ref('orders_of_batch') }}
