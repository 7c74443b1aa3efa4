{#-- Spark has no transactions: hooks run in the order in which they are configured, whichever
     side of a transaction they asked for. (dbt's own run_hooks would send `commit;`.) --#}
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
