{#-- The program that runs the model and leaves its result in the table `target_relation`, at its location. --#}
{% macro py_write_table(compiled_code, target_relation) -%}
  {{- glue__py_write_table(compiled_code, target_relation) -}}
{%- endmacro %}


{% macro glue__py_write_table(compiled_code, target_relation, writer_options=none, incremental=false) -%}
  {%- set options = py_get_writer_options(target_relation) if writer_options is none else writer_options -%}
  {{- adapter.python_model_program(model, this, target_relation, glue_python_references(model), options, incremental) -}}
{%- endmacro %}


{#-- How the result is stored: the same configs as for SQL models, as data. A table in an open format is made by the
     statement that makes it for an SQL model, from a view of the rows; or overwritten where it is. --#}
{% macro py_get_writer_options(relation) -%}
  {%- set overwritten = adapter.overwrite_target(relation, model) -%}
  {%- if overwritten -%}
    {{ return(glue_rows_options(relation, dict(overwritten, overwrites=true))) }}
  {%- endif -%}
  {%- if adapter.is_open_format(relation.table_format) -%}
    {%- set view = adapter.rows_view() -%}
    {{ return(glue_rows_options(relation, {'view': view, 'statement': glue_stage_sql(relation, 'select * from ' ~ adapter.quote(view))})) }}
  {%- endif -%}
  {{ return({
       'file_format': adapter.checked_file_format(config.get('file_format')),
       'partition_by': adapter.column_list(config.get('partition_by')),
       'bucket_by': adapter.column_list(config.get('clustered_by')),
       'buckets': config.get('buckets'),
       'options': config.get('options') or {},
       'table_properties': adapter.table_properties(config.get('table_properties'), config.get('tblproperties')),
  }) }}
{%- endmacro %}


{#-- The program that runs the model and leaves its rows as a temporary view, for the statement that takes them. --#}
{% macro glue_python_rows(relation, view, compiled_code, incremental=true) -%}
  {{- glue__py_write_table(compiled_code, relation, glue_rows_options(relation, {'view': view, 'holds': true}), incremental=incremental) -}}
{%- endmacro %}


{% macro glue_rows_options(relation, more) -%}
  {%- set options = {'file_format': relation.table_format, 'partition_by': [], 'bucket_by': [], 'buckets': none, 'options': {}, 'table_properties': {}} -%}
  {%- do options.update(more) -%}
  {{ return(options) }}
{%- endmacro %}


{#-- The new rows of an incremental model as a table of their own, from which the strategy's SQL takes them.
     It is read once and then removed: nothing is partitioned or bucketed in it. --#}
{% macro create_python_intermediate_table(relation, compiled_code) -%}
  {%- set options = {'file_format': 'parquet', 'partition_by': [], 'bucket_by': [], 'buckets': none, 'options': {}, 'table_properties': {}} -%}
  {{- glue__py_write_table(compiled_code, relation, options, incremental=true) -}}
{%- endmacro %}
