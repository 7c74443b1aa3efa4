{{ config(materialized='table') }}
select customer, count(*) as orders from glue_catalog.{{ ref('orders') }} group by customer
