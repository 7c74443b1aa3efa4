{#-- A table is built beside the old one and switched in the Data Catalog; in an open format it is replaced
     in one commit. A run that fails, or is killed, leaves the table that was there. SQL and Python models take the same path. --#}
{% materialization table, adapter='glue', supported_languages=['sql', 'python'] %}
  {%- do adapter.check_model_config(model) -%}
  {%- set existing_relation = adapter.settled_relation(this) -%}
  {%- set target_relation = adapter.relation_to_build(model, this, existing_relation) -%}
  {%- set grant_config = config.get('grants') -%}

  {{ glue_run_hooks(pre_hooks) }}

  {%- set compiled_code = glue_with_timestamp(target_relation, compiled_code, model['language']) -%}
  {#-- dbt lets a Python model run only from a statement of the materialization itself. --#}
  {%- if adapter.is_written_by_runtime(target_relation.table_format) -%}
    {%- set view = adapter.rows_view() if model['language'] == 'python' else none -%}
    {%- if view -%}
      {%- call statement('main', language='python') -%}
        {{- glue_python_rows(target_relation, view, compiled_code, incremental=false) -}}
      {%- endcall -%}
    {%- endif -%}
    {%- do glue_hudi_load_model(target_relation, compiled_code, view) -%}
  {%- elif adapter.replaces_in_place(target_relation, existing_relation) -%}
    {%- set made_relation = adapter.table_in_place(target_relation, existing_relation, model) -%}
    {%- if made_relation.overwrites and model['language'] == 'sql' -%}
      {%- do glue_overwrite_table(made_relation, compiled_code) -%}
    {%- else -%}
      {%- call statement('main', language=model['language']) -%}
        {{- create_table_as(False, made_relation, compiled_code, model['language']) -}}
      {%- endcall -%}
    {%- endif -%}
    {%- do adapter.cache_added(target_relation) -%}
  {%- else -%}
    {%- set staging_relation = adapter.staging_relation(target_relation, model) -%}
    {%- call statement('main', language=model['language']) -%}
      {{- create_table_as(False, staging_relation, compiled_code, model['language']) -}}
    {%- endcall -%}
    {%- do adapter.switch(target_relation, staging_relation) -%}
    {%- do glue_settle_comment(target_relation, staging_relation) -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do glue_maintain(target_relation) -%}

  {{ glue_run_hooks(post_hooks) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
