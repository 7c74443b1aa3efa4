{{ config(materialized='view') }}
select * from {{ ref('legs') }} where legs > 2
