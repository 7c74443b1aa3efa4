{{ config(materialized='table') }}
select customer, sum(amount) as amount from {{ ref('appended') }} group by customer
