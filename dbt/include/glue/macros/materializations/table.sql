{#-- A table is built beside the old one and switched in the Data Catalog; in an open format it is replaced
     in one commit. A run that fails, or is killed, leaves the table that was there. SQL and Python models take the same path. --#}
{% materialization table, adapter='glue', supported_languages=['sql', 'python'] %}
  {%- do adapter.check_model_config(model) -%}
  {%- set existing_relation = adapter.settled_relation(this) -%}
  {%- set target_relation = adapter.relation_to_build(model, this, existing_relation) -%}
  {%- set grant_config = config.get('grants') -%}

  {{ glue_run_hooks(pre_hooks) }}
  {%- do glue_run_header() -%}

  {%- set language = model['language'] -%}
  {%- set compiled_code = glue_with_timestamp(target_relation, compiled_code, language) -%}
  {%- set making = glue_making(target_relation, existing_relation, language) -%}
  {%- if language == 'python' -%}
    {%- call statement('main', language='python') -%}
      {{- glue_python_making(making, compiled_code) -}}
    {%- endcall -%}
  {%- endif -%}
  {%- do glue_make(target_relation, making, compiled_code, language) -%}

  {%- do glue_govern(target_relation) -%}
  {%- do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do glue_maintain(target_relation) -%}

  {{ glue_run_hooks(post_hooks) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
