{{ config(
    materialized='table',
    lf_tags_config={'enabled': true, 'tags_table': {'team': 'sales'}, 'tags_columns': {'kind': {'person': ['customer']}}}
) }}
select id, customer from {{ ref('appended') }}
