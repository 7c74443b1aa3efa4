{#-- A table is built beside the old one and switched in the Data Catalog: a run that fails, or is
     killed, leaves the table that was there. SQL and Python models take the same path. --#}
{% materialization table, adapter='glue', supported_languages=['sql', 'python'] %}
  {%- do adapter.check_model_config(model) -%}
  {%- set existing_relation = adapter.settled_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set grant_config = config.get('grants') -%}

  {{ glue_run_hooks(pre_hooks) }}

  {%- set staging_relation = adapter.staging_relation(target_relation, model) -%}
  {%- call statement('main', language=model['language']) -%}
    {{- create_table_as(False, staging_relation, compiled_code, model['language']) -}}
  {%- endcall -%}
  {%- do adapter.switch(target_relation, staging_relation) -%}

  {%- do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}

  {{ glue_run_hooks(post_hooks) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
