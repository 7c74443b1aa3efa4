{#-- What the model asks for after its commit: off unless it does. --#}
{% macro glue_maintain(relation) %}
  {%- for text in adapter.maintenance_calls(relation, model) %}
    {%- call statement('maintenance') -%}
      {{ text }}
    {%- endcall -%}
  {%- endfor %}
{% endmacro %}
