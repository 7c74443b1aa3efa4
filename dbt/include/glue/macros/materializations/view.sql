{#-- A view replaces a view in one statement; where a table stands, the view is made beside it and
     switched in, so that the name is never missing. Spark replaces a view by dropping it, and with it what Lake
     Formation has on it: where that is of the model's configs, the view is switched in, too. --#}
{% materialization view, adapter='glue' %}
  {%- do adapter.check_view(model) -%}
  {%- do adapter.check_unread(model) -%}
  {%- do adapter.check_view_functions(model, compiled_code) -%}
  {%- set existing_relation = adapter.settled_relation(this) -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set grant_config = config.get('grants') -%}

  {{ glue_run_hooks(pre_hooks) }}
  {%- do glue_run_header() -%}

  {%- do glue_make_view(target_relation, existing_relation, compiled_code) -%}

  {%- do glue_govern(target_relation) -%}
  {%- do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {{ glue_run_hooks(post_hooks) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% macro glue_make_view(target_relation, existing_relation, sql) %}
  {%- if existing_relation is none or (existing_relation.is_view and not adapter.is_governed(model)) -%}
    {%- call statement('main') -%}
      {{ get_create_view_as_sql(target_relation, sql) }}
    {%- endcall -%}
    {%- do adapter.cache_added(target_relation) -%}
  {%- else -%}
    {%- set staging_relation = adapter.staging_relation(target_relation, model) -%}
    {%- call statement('main') -%}
      {{ get_create_view_as_sql(staging_relation, sql) }}
    {%- endcall -%}
    {%- do adapter.switch(target_relation, staging_relation) -%}
  {%- endif -%}
{% endmacro %}


{% macro glue__create_view_as(relation, sql) -%}
  create or replace view {{ relation }}
  {%- if config.persist_column_docs() %}
    {%- set query_columns = get_columns_in_query(sql) %}
    ({% for name in query_columns %}{{ adapter.quote(name) }}{{ glue_column_comment(name, model.columns) }}{{ ", " if not loop.last }}{% endfor %})
  {%- endif %}
  {{ comment_clause() }}
  {%- set staged = adapter.staged_properties(relation) %}
  {%- if staged %}
  tblproperties ({% for name in staged %}{{ adapter.string_literal(name) }} = {{ adapter.string_literal(staged[name]) }}{{ ", " if not loop.last }}{% endfor %})
  {%- endif %}
  {%- if config.get('contract') and config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif %}
  as
  {{ sql }}
{%- endmacro %}


{% macro glue_column_comment(name, documented) -%}
  {%- for key in documented if (key == name if documented[key].quote else key | lower == name | lower) and documented[key].description %} comment {{ adapter.string_literal(documented[key].description) }}{% endfor -%}
{%- endmacro %}
