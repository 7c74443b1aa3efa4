{#-- A strategy of the project, as dbt has them: a macro that gives the statements, which read the new rows from a temporary
     view. The table's columns have changed before, as `on_schema_change` says. --#}
{% macro glue_apply_own_strategy(strategy_macro, on_schema_change, target_relation, compiled_code) %}
  {%- set temp_relation = make_temp_relation(target_relation) -%}
  {%- call statement('new_rows') -%}
    {{ create_table_as(True, temp_relation, compiled_code) }}
  {%- endcall -%}
  {%- set source_columns = adapter.get_columns_in_relation(temp_relation) -%}
  {%- if adapter.is_open_format(target_relation.table_format) -%}
    {%- set target_columns = get_column_schema_from_query('select * from ' ~ target_relation) -%}
    {%- set plan = adapter.change_plan('append', on_schema_change, target_relation, target_columns, source_columns, none) -%}
    {%- do glue_change_columns(target_relation, plan) -%}
  {%- else -%}
    {%- set target_columns = adapter.get_columns_in_relation(target_relation) -%}
    {%- set plan = adapter.incremental_plan('append', on_schema_change, target_relation, target_columns, source_columns, none, none) -%}
    {%- if plan.action != 'insert' -%}
      {%- do exceptions.raise_compiler_error(target_relation ~ ': a strategy of the project rewrites no table of files, and so removes no column of it; run with --full-refresh') -%}
    {%- endif -%}
    {%- do glue_add_columns(target_relation, plan.added) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ strategy_macro({
         'target_relation': target_relation,
         'temp_relation': temp_relation,
         'unique_key': config.get('unique_key'),
         'dest_columns': adapter.get_columns_in_relation(target_relation),
         'incremental_predicates': config.get('predicates') or config.get('incremental_predicates')
       }) }}
  {%- endcall -%}
  {%- do adapter.drop_relation(temp_relation) -%}
{% endmacro %}
