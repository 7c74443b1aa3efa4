{#-- Functions of dbt that dbt-spark has in part. --#}
{% macro glue__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
  {%- set values = adapter.ordered_list(measure, order_by_clause) if order_by_clause else 'collect_list(' ~ measure ~ ')' -%}
  array_join({{ 'slice(' ~ values ~ ', 1, ' ~ limit_num ~ ')' if limit_num else values }}, {{ delimiter_text }})
{%- endmacro %}

{#-- dbt's own casts by `::`, which Spark has from 4.0 on. --#}
{% macro glue__current_timestamp_backcompat() -%}
  current_timestamp()
{%- endmacro %}
