{#-- How a model's table is made anew, by table and by the first run of incremental: by the session's runtime, where it is to
     be (`in_place`), or beside what is there, to be switched in (`staged`). relation: the one that is written; view: the
     rows of a Python model that the runtime writes. --#}
{% macro glue_making(target_relation, existing_relation, language) %}
  {%- if adapter.is_written_by_runtime(target_relation.table_format) -%}
    {%- set view = adapter.rows_view() if language == 'python' else none -%}
    {{ return({'way': 'runtime', 'relation': target_relation, 'view': view}) }}
  {%- elif adapter.replaces_in_place(target_relation, existing_relation) -%}
    {{ return({'way': 'in_place', 'relation': adapter.table_in_place(target_relation, existing_relation, model)}) }}
  {%- endif -%}
  {{ return({'way': 'staged', 'relation': adapter.staging_relation(target_relation, model)}) }}
{% endmacro %}


{#-- What a Python model runs for it. dbt lets it run only from a statement of the materialization itself. --#}
{% macro glue_python_making(making, compiled_code) %}
  {%- if making.way == 'runtime' -%}
    {{- glue_python_rows(making.relation, making.view, compiled_code, incremental=false) -}}
  {%- else -%}
    {{- create_table_as(False, making.relation, compiled_code, 'python') -}}
  {%- endif -%}
{% endmacro %}


{#-- Makes the table of a SQL model; that of a Python model, which has run, is only put in its place. Not where an `attempt`
     to be the first is overtaken: then the rows stay staged. --#}
{% macro glue_make(target_relation, making, compiled_code, language, attempt=none) %}
  {%- if making.way == 'runtime' -%}
    {%- do glue_hudi_load_model(target_relation, compiled_code, making.view) -%}
  {%- elif language == 'sql' and making.relation.overwrites -%}
    {%- do glue_overwrite_table(making.relation, compiled_code) -%}
  {%- elif language == 'sql' -%}
    {%- call statement('main') -%}
      {{- create_table_as(False, making.relation, compiled_code) -}}
    {%- endcall -%}
  {%- endif -%}
  {%- if making.way == 'in_place' -%}
    {%- do adapter.cache_added(target_relation) -%}
  {%- elif making.way == 'staged' -%}
    {%- do adapter.switch(target_relation, making.relation, attempt) -%}
    {%- if attempt is none or not attempt.overtaken -%}
      {%- do glue_settle_comment(target_relation, making.relation) -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}
