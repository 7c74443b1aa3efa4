{#-- Python: `glue__py_write_table` renders the program that leaves its result in `relation`, at
     `relation.location` when that is set, exactly as the SQL statement does. --#}
{% macro glue__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language == 'python' -%}
    {{- py_write_table(compiled_code=compiled_code, target_relation=relation) -}}
  {%- elif temporary -%}
    {{ create_temporary_view(relation, compiled_code) }}
  {%- else -%}
    {{ glue_stage_sql(relation, glue_contracted(compiled_code)) }}
  {%- endif -%}
{%- endmacro %}


{#-- The query whose columns are those of the model's contract, where it has one, and whose rows are held to its constraints. --#}
{% macro glue_contracted(compiled_code) -%}
  {%- if config.get('contract') and config.get('contract').enforced -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {{ return(glue_with_constraints(get_select_subquery(compiled_code))) }}
  {%- endif -%}
  {{ return(compiled_code) }}
{%- endmacro %}


{#-- Replaces the table that is there where its format has no CREATE OR REPLACE that works everywhere. --#}
{% macro glue_overwrite_table(relation, compiled_code) -%}
  {%- set select = glue_contracted(compiled_code) -%}
  {%- set response = adapter.overwrite_table(adapter.overwrite_target(relation, model), select) -%}
  {%- call noop_statement('main', response, 'OVERWRITE') -%}
    {{ select }}
  {%- endcall -%}
{%- endmacro %}


{#-- A table of its own from a query. One in an open format replaces the one of its name in the same commit. --#}
{% macro glue_stage_sql(relation, select) -%}
  create {{ "or replace " if adapter.creates_or_replaces(relation.table_format) }}table {{ relation }}
  {{ glue_format_clause(relation) }}
  {{ options_clause() }}
  {{ partition_cols(label="partitioned by") }}
  {{ clustered_cols(label="clustered by") }}
  {{ glue_location_clause(relation) }}
  {{ glue_table_comment(relation) }}
  {{ glue_tblproperties_clause(relation) }}
  as
  {{ select }}
{%- endmacro %}


{% macro glue_format_clause(relation) -%}
  {%- if relation.table_format -%}
    using {{ adapter.provider_of(relation.table_format) }}
  {%- else -%}
    {{ file_format_clause() }}
  {%- endif -%}
{%- endmacro %}


{% macro glue_table_comment(relation) -%}
  {%- set staged = adapter.staged_comment(relation) -%}
  {%- if staged -%}
    comment {{ adapter.string_literal(staged) }}
  {%- else -%}
    {{ comment_clause() }}
  {%- endif -%}
{%- endmacro %}


{#-- A staged table in an open format is known by its comment: once it is in its place, that is its description. --#}
{% macro glue_settle_comment(target_relation, staging_relation) -%}
  {%- if adapter.staged_comment(staging_relation) -%}
    {%- call statement('settle_comment') -%}
      comment on table {{ target_relation }} is {{ adapter.string_literal(model.description if config.persist_relation_docs() else '') }}
    {%- endcall -%}
  {%- endif -%}
{%- endmacro %}


{#-- Rows that are to be read once and then removed, as a table: nothing is partitioned or bucketed in it. --#}
{% macro glue_stage_rows_sql(relation, select) -%}
  {%- set staged = adapter.staged_properties(relation) -%}
  create table {{ relation }}
  using parquet
  {{ glue_location_clause(relation) }}
  tblproperties ({% for name in staged %}{{ adapter.string_literal(name) }} = {{ adapter.string_literal(staged[name]) }}{{ ", " if not loop.last }}{% endfor %})
  as
  {{ select }}
{%- endmacro %}


{#-- Whether the statement that made `relation` wrote rows into it. Spark counts them, but not always where there
     are none: then the table is asked. --#}
{% macro glue_wrote_rows(response, relation) -%}
  {%- if response.rows_affected is not none -%}
    {{ return(response.rows_affected > 0) }}
  {%- endif -%}
  {{ return(run_query('select 1 as found from ' ~ relation ~ ' limit 1').rows | length > 0) }}
{%- endmacro %}


{% macro glue__file_format_clause() -%}
  using {{ adapter.checked_file_format(config.get('file_format')) }}
{%- endmacro %}


{% macro glue_location_clause(relation) -%}
  {%- if relation.location %}
    location {{ adapter.string_literal(relation.location) }}
  {%- endif -%}
{%- endmacro %}


{% macro glue__options_clause() -%}
  {%- set options = config.get('options') -%}
  {%- if options %}
    options (
      {%- for name in options -%}
        {{ adapter.string_literal(name) }} {{ adapter.string_literal(options[name]) }}
        {%- if not loop.last %}, {% endif -%}
      {%- endfor -%}
    )
  {%- endif -%}
{%- endmacro %}


{% macro glue__tblproperties_clause() -%}
  {{- glue_tblproperties_clause(this) -}}
{%- endmacro %}


{#-- The configured properties, and those by which a staged table is known. --#}
{% macro glue_tblproperties_clause(relation) -%}
  {%- set properties = adapter.table_properties(
        config.get('table_properties'), config.get('tblproperties'), adapter.staged_properties(relation)) -%}
  {%- if properties %}
    tblproperties (
      {%- for name in properties -%}
        {{ adapter.string_literal(name) }} = {{ adapter.string_literal(properties[name]) }}
        {%- if not loop.last %}, {% endif -%}
      {%- endfor -%}
    )
  {%- endif -%}
{%- endmacro %}


{% macro glue__comment_clause() -%}
  {%- if config.persist_relation_docs() and model.description %}
    comment {{ adapter.string_literal(model.description) }}
  {%- endif -%}
{%- endmacro %}


{% macro glue__partition_cols(label, required=false) -%}
  {%- set fields = adapter.partition_fields(config.get('partition_by'), config.get('file_format')) -%}
  {%- if fields %}
    {{ label }} ({{ fields | join(', ') }})
  {%- endif -%}
{%- endmacro %}


{% macro glue__clustered_cols(label, required=false) -%}
  {%- set columns = adapter.column_list(config.get('clustered_by')) -%}
  {%- set buckets = config.get('buckets') -%}
  {%- if columns and buckets %}
    {{ label }} ({% for column in columns %}{{ adapter.quote(column) }}{{ ", " if not loop.last }}{% endfor %}) into {{ buckets | int }} buckets
  {%- endif -%}
{%- endmacro %}


{#-- dbt-glue's `add_iceberg_timestamp`: the query with one more column, when its rows are written. --#}
{% macro glue_with_timestamp(relation, sql, language) -%}
  {%- if language != 'sql' or relation.table_format != 'iceberg' or not config.get('add_iceberg_timestamp', false) -%}
    {{ return(sql) }}
  {%- endif -%}
  {%- set columns = [] -%}
  {%- for column in get_column_schema_from_query(sql) if column.name | lower != 'update_iceberg_ts' -%}
    {%- do columns.append(adapter.quote(column.name)) -%}
  {%- endfor -%}
  {{ return('select ' ~ (columns + ['current_timestamp() as `update_iceberg_ts`']) | join(', ') ~ ' from (\n' ~ sql ~ '\n)') }}
{%- endmacro %}


{#-- A model's query, whose rows meet the constraints of its contract, or end the statement that writes them. --#}
{% macro glue_with_constraints(sql) -%}
  {%- set guard = adapter.constraint_guard(model, this) -%}
  {{ return('select * from (\n' ~ sql ~ '\n) where ' ~ guard if guard else sql) }}
{%- endmacro %}


{#-- What data tests store: a table has a new place each time, since the data of the one before is removed later. --#}
{% macro glue__get_create_sql(relation, sql) -%}
  {%- if relation.is_table -%}
    {{ get_create_table_as_sql(False, adapter.placed_relation(relation, model), sql) }}
  {%- else -%}
    {{ default__get_create_sql(relation, sql) }}
  {%- endif -%}
{%- endmacro %}
