{#-- dbt's own staging query says what changed. It is evaluated once, into a table beside the snapshot; where
     it has rows, the new version of the snapshot is built from them and switched in, or, in an open format, merged into it. --#}
{% materialization snapshot, adapter='glue' %}
  {%- do adapter.check_model_config(model) -%}
  {%- set existing_relation = adapter.settled_relation(this) -%}
  {%- set target_relation = adapter.relation_to_build(model, this, existing_relation) -%}
  {%- set grant_config = config.get('grants') -%}
  {%- if existing_relation is not none and not existing_relation.is_table -%}
    {%- do exceptions.relation_wrong_type(existing_relation, 'table') -%}
  {%- endif -%}

  {{ glue_run_hooks(pre_hooks) }}
  {%- do glue_run_header() -%}

  {%- if existing_relation is not none -%}
    {%- do adapter.hold_columns(target_relation, pre_hooks) -%}
  {%- endif -%}
  {%- set strategy_macro = strategy_dispatch(config.get('strategy')) -%}
  {%- set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', model['config'], existing_relation is not none) -%}

  {%- if existing_relation is none and adapter.is_written_by_runtime(target_relation.table_format) -%}
    {%- do glue_hudi_load(target_relation, build_snapshot_table(strategy, compiled_code), adapter.hudi_keys(model, glue_snapshot_column_names().dbt_scd_id)) -%}
    {%- do glue_check_snapshot_time(adapter.get_columns_in_relation(target_relation)) -%}
  {%- elif existing_relation is none and adapter.replaces_in_place(target_relation, existing_relation) -%}
    {%- call statement('main') -%}
      {{ create_table_as(False, adapter.table_in_place(target_relation, existing_relation, model), build_snapshot_table(strategy, compiled_code)) }}
    {%- endcall -%}
    {%- do glue_check_snapshot_time(adapter.get_columns_in_relation(target_relation)) -%}
    {%- do adapter.cache_added(target_relation) -%}
  {%- elif existing_relation is none -%}
    {%- set staging_relation = adapter.staging_relation(target_relation, model) -%}
    {%- call statement('main') -%}
      {{ create_table_as(False, staging_relation, build_snapshot_table(strategy, compiled_code)) }}
    {%- endcall -%}
    {%- do glue_check_snapshot_time(adapter.get_columns_in_relation(staging_relation)) -%}
    {%- do adapter.switch(target_relation, staging_relation) -%}
  {%- else -%}
    {%- do adapter.check_same_format(target_relation, existing_relation) -%}
    {%- set names = glue_snapshot_column_names() -%}
    {%- do adapter.assert_valid_snapshot_target_given_strategy(target_relation, names, strategy) -%}
    {#-- Where another run has changed the table meanwhile, what has changed is asked again. --#}
    {%- for attempt in adapter.attempts(target_relation, pre_hooks) -%}
    {%- set changes_relation = adapter.staging_relation(target_relation, model, suffix='__dbt_tmp').stored_as('parquet') -%}
    {%- call statement('main') -%}
      {{ glue_stage_rows_sql(changes_relation, snapshot_staging_table(strategy, compiled_code, target_relation)) }}
    {%- endcall -%}
    {%- set staged_columns = adapter.get_columns_in_relation(changes_relation) -%}
    {%- do glue_check_snapshot_time(staged_columns) -%}
    {%- set inserted_columns = adapter.columns_of_rows(adapter.snapshot_columns(staged_columns, strategy.unique_key), target_relation.table_format) -%}
    {%- set target_columns = adapter.get_columns_in_relation(target_relation) if adapter.is_open_format(target_relation.table_format)
          else adapter.columns_read(attempt) -%}
    {%- set new_columns = adapter.columns_without(inserted_columns, target_columns) -%}
    {%- if new_columns or glue_wrote_rows(load_result('main').response, changes_relation) -%}
      {%- do glue_apply_snapshot(target_relation, changes_relation, target_columns, inserted_columns, attempt) -%}
    {%- else -%}
      {%- do log('snapshot: nothing changed, ' ~ target_relation ~ ' stays as it is', info=true) -%}
    {%- endif -%}
    {%- do adapter.discard_rows(changes_relation, target_relation) -%}
    {%- endfor -%}
  {%- endif -%}

  {%- do glue_govern(target_relation) -%}
  {%- do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh_mode=False)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do glue_maintain(target_relation) -%}

  {{ glue_run_hooks(post_hooks) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#-- Brings the staged changes into the snapshot. target, source: relations, the source with dbt's staging
     columns; target_columns: those of the target; insert_columns: those of a new row; attempt: the target as it was read. --#}
{% macro glue_apply_snapshot(target, source, target_columns, insert_columns, attempt) %}
  {%- if adapter.is_open_format(target.table_format) -%}
    {%- do glue_add_columns(target, adapter.columns_without(insert_columns, target_columns)) -%}
    {%- if adapter.is_written_by_runtime(target.table_format) -%}
      {%- set keys = adapter.hudi_keys(model, glue_snapshot_column_names().dbt_scd_id) -%}
      {%- set rows = glue_hudi_snapshot_rows(target, source, adapter.snapshot_version_columns(target_columns, insert_columns)) -%}
      {%- do glue_hudi_write(target, glue_hudi_keyed_rows(rows, keys), 'upsert', keys, main='snapshot') -%}
    {%- else -%}
      {%- call statement('snapshot') -%}
        {{ glue_snapshot_merge_sql(target, source, insert_columns) }}
      {%- endcall -%}
    {%- endif -%}
  {%- else -%}
    {%- set staging_relation = adapter.staging_relation(target, model) -%}
    {%- call statement('snapshot') -%}
      {{ glue_stage_sql(staging_relation, glue_snapshot_select(target, source, target_columns, insert_columns)) }}
    {%- endcall -%}
    {%- do adapter.switch(target, staging_relation, attempt) -%}
  {%- endif -%}
{% endmacro %}


{#-- dbt's `snapshot_merge_sql`, with every name quoted. --#}
{% macro glue_snapshot_merge_sql(target, source, insert_columns) -%}
  {%- set names = glue_snapshot_column_names() -%}
  {%- set valid_to = adapter.quote(names.dbt_valid_to) -%}
  {%- set scd_id = adapter.quote(names.dbt_scd_id) -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  merge into {{ target }} as DBT_INTERNAL_DEST
  using {{ source }} as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.{{ scd_id }} = DBT_INTERNAL_DEST.{{ scd_id }}
  when matched and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    and (DBT_INTERNAL_DEST.{{ valid_to }} is null{% if current %} or DBT_INTERNAL_DEST.{{ valid_to }} = ({{ current }}){% endif %})
    then update set DBT_INTERNAL_DEST.{{ valid_to }} = DBT_INTERNAL_SOURCE.{{ valid_to }}
  when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert' then insert
    ({% for column in insert_columns %}{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
    values ({% for column in insert_columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}


{#-- dbt's `snapshot_merge_sql` for formats that have no MERGE: the rows of the new version of the table. Each
     input is read once; a window brings together the rows of one dbt_scd_id. --#}
{% macro glue_snapshot_select(target, source, target_columns, insert_columns) -%}
  {%- set names = glue_snapshot_column_names() -%}
  {%- set valid_to = adapter.quote(names.dbt_valid_to) -%}
  {%- set scd_id = adapter.quote(names.dbt_scd_id) -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  {%- set columns = adapter.snapshot_version_columns(target_columns, insert_columns) -%}
  select
  {%- for column in columns %}
    {%- if column.name | lower == names.dbt_valid_to | lower %}
    case
      when __dbt_open and __dbt_ends > 1 then raise_error(concat({{ adapter.string_literal('More than one row of the snapshot ' ~ target.identifier ~ ' has the same unique_key; the changes of one row (' ~ names.dbt_scd_id ~ ') came more than once: ') }}, {{ scd_id }}))
      when __dbt_open and __dbt_ends = 1 then __dbt_end
      else {{ valid_to }}
    end as {{ valid_to }}{{ "," if not loop.last }}
    {%- else %}
    {{ column.quoted }}{{ "," if not loop.last }}
    {%- endif %}
  {%- endfor %}
  from (
    select *,
      count(case when __dbt_change in ('update', 'delete') then 1 end) over (partition by {{ scd_id }}) as __dbt_ends,
      max(case when __dbt_change in ('update', 'delete') then {{ valid_to }} end) over (partition by {{ scd_id }}) as __dbt_end,
      max(case when __dbt_change is null then 1 else 0 end) over (partition by {{ scd_id }}) as __dbt_there
    from (
      select {% for column in columns %}{{ column.from_target }} as {{ column.quoted }}, {% endfor %}
        cast(null as string) as __dbt_change,
        DBT_INTERNAL_DEST.{{ valid_to }} is null{% if current %} or coalesce(DBT_INTERNAL_DEST.{{ valid_to }} = ({{ current }}), false){% endif %} as __dbt_open
      from {{ target }} as DBT_INTERNAL_DEST
      union all
      select {% for column in columns %}{{ column.from_source }} as {{ column.quoted }}, {% endfor %}
        DBT_INTERNAL_SOURCE.dbt_change_type as __dbt_change,
        false as __dbt_open
      from {{ source }} as DBT_INTERNAL_SOURCE
    )
  )
  where __dbt_change is null or (__dbt_change = 'insert' and __dbt_there = 0)
{%- endmacro %}


{% macro glue_snapshot_column_names() -%}
  {{ return(config.get('snapshot_table_column_names') or get_snapshot_table_column_names()) }}
{%- endmacro %}


{#-- dbt's `check_time_data_types` asks for the types with two statements; here they are known. --#}
{% macro glue_check_snapshot_time(columns) -%}
  {%- for column in columns if column.name | lower == 'dbt_updated_at' and column.dtype != 'timestamp' -%}
    {%- do exceptions.warn_snapshot_timestamp_data_types('timestamp', column.dtype) -%}
  {%- endfor -%}
{%- endmacro %}
