{{ config(materialized='table') }}
select id, max(amount) as amount from glue_catalog.{{ ref('merged') }} group by id having max(amount) > 20
