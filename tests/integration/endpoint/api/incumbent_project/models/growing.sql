{{ config(materialized='incremental', incremental_strategy='append', file_format='parquet') }}
select code, name from {{ ref('species') }}
{% if is_incremental() %}
where code > 3
{% endif %}
