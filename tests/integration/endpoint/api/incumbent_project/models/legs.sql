{{ config(materialized='table') }}
select cast(legs as int) as legs, count(*) as animals, 'it''s \\d+' as note
from {{ ref('species') }}
group by legs
