{#-- Spark has no transactions: hooks run in the order in which they are configured, whichever
     side of a transaction they asked for. (dbt's own run_hooks would send `commit;`.) A hook may be several statements. --#}
{% macro glue_run_hooks(hooks) %}
  {% for hook in hooks %}
    {% for rendered in adapter.split_statements(render(hook.get('sql')) | trim) %}
      {% call statement(auto_begin=false) %}
        {{ rendered }}
      {% endcall %}
    {% endfor %}
  {% endfor %}
{% endmacro %}
