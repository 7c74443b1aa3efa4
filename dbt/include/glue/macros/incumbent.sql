{#-- Macros of dbt-glue's that other projects' macros call. --#}
{% macro glue_exec_query(sql) %}
  {%- call statement('run_query_statement', fetch_result=false, auto_begin=false) -%}
    {{ sql }}
  {%- endcall -%}
{% endmacro %}


{% macro glue__describe_table(relation) -%}
  {{ return(adapter.describe_table(relation)) }}
{%- endmacro %}


{#-- There a relation gets its catalog by its format; here it has it. --#}
{% macro glue__make_target_relation(relation, file_format) -%}
  {{ return(relation.stored_as(file_format) if file_format else relation) }}
{%- endmacro %}


{% macro set_table_properties(table_properties) -%}
  {%- set properties = adapter.table_properties(table_properties) -%}
  {%- if properties -%}
    tblproperties ({% for name in properties %}{{ adapter.string_literal(name) }} = {{ adapter.string_literal(properties[name]) }}{{ ", " if not loop.last }}{% endfor %})
  {%- endif -%}
{%- endmacro %}
