{#-- dbt-glue's name of `table` for a Python model. It is called without a frame of its own, as dbt lets a Python model
     run only from a statement of the materialization that it has begun. --#}
{% materialization python_model, adapter='glue', supported_languages=['python'] %}
  {{ return(materialization_table_glue.call_macro()) }}
{% endmaterialization %}
