{#-- Spark has no transactions: hooks run in the order in which they are configured, whichever
     side of a transaction they asked for. (dbt's own run_hooks would send `commit;`.) A hook may be several statements. --#}
{% macro glue_run_hooks(hooks) %}
  {% for hook in hooks %}
    {% set rendered = render(hook.get('sql')) | trim %}
    {% if rendered %}
      {% call statement(auto_begin=false) %}
        {{ rendered }}
      {% endcall %}
    {% endif %}
  {% endfor %}
{% endmacro %}


{#-- The statements of `sql_header`, in the session of the model's own, which come next. --#}
{% macro glue_run_header() %}
  {%- set header = config.get('sql_header') -%}
  {%- if header and header | trim -%}
    {%- call statement('sql_header', auto_begin=false) -%}
      {{ header }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}
