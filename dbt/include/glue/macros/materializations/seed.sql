{#-- The rows travel to the session as data, not as SQL literals; the table is switched in as any
     other. --#}
{% materialization seed, adapter='glue' %}
  {%- do adapter.check_model_config(model) -%}
  {%- set existing_relation = adapter.settled_relation(this) -%}
  {%- set target_relation = adapter.relation_to_build(model, this, existing_relation, adapter.seed_settings(model).format) -%}
  {%- set grant_config = config.get('grants') -%}
  {%- set agate_table = adapter.seed_table(load_agate_table(), model) -%}
  {%- set row_count = adapter.seed_row_count(agate_table) -%}
  {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}

  {{ glue_run_hooks(pre_hooks) }}

  {%- if adapter.is_written_by_runtime(target_relation.table_format) -%}
    {%- do glue_hudi_seed(target_relation, existing_relation, agate_table) -%}
  {%- elif adapter.seed_settings(model).append and existing_relation is not none and existing_relation.is_table and not should_full_refresh() -%}
    {%- if adapter.is_open_format(target_relation.table_format) -%}
      {%- set response = adapter.load_seed(target_relation, none, agate_table, config.get('column_types')) -%}
    {%- else -%}
      {%- do adapter.settle_appends(target_relation) -%}
      {%- set added_relation = adapter.append_staging(target_relation) -%}
      {%- set response = adapter.load_seed(added_relation, adapter.append_ddl(target_relation, added_relation), agate_table, config.get('column_types')) -%}
      {%- do adapter.publish(target_relation, added_relation, row_count) -%}
    {%- endif -%}
    {%- call noop_statement('main', response, 'INSERT', row_count) -%}{%- endcall -%}
  {%- else -%}
    {%- set in_place = adapter.replaces_in_place(target_relation, existing_relation) -%}
    {%- set made_relation = adapter.table_in_place(target_relation, existing_relation, model) if in_place
          else adapter.staging_relation(target_relation, model) -%}
    {%- if adapter.is_open_format(target_relation.table_format) -%}
      {%- set view = adapter.rows_view() -%}
      {%- set ddl = glue_stage_sql(made_relation, 'select * from ' ~ adapter.quote(view)) -%}
    {%- else -%}
      {%- set view = none -%}
      {%- set ddl = glue_seed_table_sql(made_relation, agate_table) -%}
    {%- endif -%}
    {%- set response = adapter.load_seed(made_relation, ddl, agate_table, config.get('column_types'), view, adapter.overwrite_target(made_relation, model)) -%}
    {%- call noop_statement('main', response, 'INSERT', row_count) -%}
      {{ ddl }}
    {%- endcall -%}
    {%- if in_place -%}
      {%- do adapter.cache_added(target_relation) -%}
    {%- else -%}
      {%- do adapter.switch(target_relation, made_relation) -%}
      {%- do glue_settle_comment(target_relation, made_relation) -%}
    {%- endif -%}
  {%- endif -%}

  {%- do glue_govern(target_relation) -%}
  {%- do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}

  {{ glue_run_hooks(post_hooks) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% macro glue_hudi_seed(target_relation, existing_relation, agate_table) %}
  {%- set row_count = adapter.seed_row_count(agate_table) -%}
  {%- set view = adapter.rows_view() -%}
  {%- set keys = adapter.hudi_keys(model) -%}
  {%- set appends = adapter.seed_settings(model).append and existing_relation is not none and existing_relation.is_table and not should_full_refresh() -%}
  {%- set rows = glue_hudi_keyed_rows('select * from ' ~ adapter.quote(view), keys, unique=not appends) -%}
  {%- set staging_relation = adapter.staging_relation(target_relation, model) -%}
  {%- if appends -%}
    {%- do adapter.check_same_format(target_relation, existing_relation) -%}
    {%- set request = adapter.hudi_request(target_relation, model, rows, 'insert', keys) -%}
  {%- else -%}
    {%- set request = adapter.hudi_request(target_relation, model, rows, 'overwrite_table', keys, staging_relation, glue_hudi_clauses(staging_relation, keys)) -%}
  {%- endif -%}
  {%- set staged = adapter.load_seed_into_hudi(target_relation, request, agate_table, config.get('column_types'), view) -%}
  {%- call noop_statement('main', 'INSERT ' ~ row_count, 'INSERT', row_count) -%}
    {{ rows }}
  {%- endcall -%}
  {%- do glue_hudi_settle(target_relation, staging_relation, staged) -%}
{% endmacro %}


{% macro glue_seed_table_sql(relation, agate_table) -%}
  {%- set column_types = config.get('column_types') or {} -%}
  create table {{ relation }} (
    {%- for column in adapter.seed_columns(agate_table, column_types) %}
    {{ column.quoted }} {{ column.data_type }}{{ "," if not loop.last }}
    {%- endfor %}
  )
  using {{ adapter.checked_file_format(config.get('file_format') or adapter.seed_settings(model).format) }}
  {{ options_clause() }}
  {{ partition_cols(label="partitioned by") }}
  {{ clustered_cols(label="clustered by") }}
  {{ glue_location_clause(relation) }}
  {{ comment_clause() }}
  {{ glue_tblproperties_clause(relation) }}
{%- endmacro %}
