{#-- The unique ids that the running command selected, for the adapter, which dbt does not tell them. --#}
{% macro glue_selected_resources() -%}
  {{ return(selected_resources) }}
{%- endmacro %}
