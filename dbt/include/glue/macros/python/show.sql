{#-- `dbt show` of a Python model: it runs, its rows wait as a temporary view, and the query takes the first of them. --#}
{% macro glue__get_limit_sql(sql, limit) -%}
  {%- if model is defined and model.language == 'python' -%}
    {%- set view = adapter.rows_view() -%}
    {%- do adapter.hold_python_rows(model, glue_python_rows(this, view, sql, incremental=is_incremental())) -%}
    {%- set sql = 'select * from ' ~ adapter.quote(view) -%}
  {%- endif -%}
  {{ default__get_limit_sql(sql, limit) }}
{%- endmacro %}
