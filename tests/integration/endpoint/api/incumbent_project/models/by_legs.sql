{{ config(materialized='incremental', incremental_strategy='insert_overwrite', file_format='parquet', partition_by=['legs']) }}
select code, name, cast(legs as int) as legs from {{ ref('species') }}
