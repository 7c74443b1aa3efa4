{#-- The Data Catalog answers these: no statement is sent for them. --#}
{% macro glue__create_schema(relation) -%}
  {%- do adapter.create_schema(relation) -%}
{%- endmacro %}

{% macro glue__drop_schema(relation) -%}
  {%- do adapter.drop_schema(relation) -%}
{%- endmacro %}

{% macro glue__drop_relation(relation) -%}
  {%- do adapter.drop_relation(relation) -%}
{%- endmacro %}

{% macro glue__rename_relation(from_relation, to_relation) -%}
  {%- do adapter.rename_relation(from_relation, to_relation) -%}
{%- endmacro %}

{% macro glue__truncate_relation(relation) -%}
  {%- do adapter.truncate_relation(relation) -%}
{%- endmacro %}

{% macro glue__list_schemas(database) -%}
  {{ return(adapter.list_schemas(database)) }}
{%- endmacro %}

{% macro glue__check_schema_exists(information_schema, schema) -%}
  {{ return(adapter.check_schema_exists(information_schema.database, schema)) }}
{%- endmacro %}

{% macro glue__list_relations_without_caching(schema_relation) -%}
  {{ return(adapter.list_relations_without_caching(schema_relation)) }}
{%- endmacro %}

{% macro glue__get_columns_in_relation(relation) -%}
  {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}

{#-- A snapshot in Hudi has none of the columns that Hudi adds to what it reads: dbt would find them new each time. --#}
{% macro glue__get_columns_in_query(select_sql) -%}
  {%- set names = default__get_columns_in_query(select_sql) -%}
  {{ return(adapter.names_of_rows(names, config.get('file_format')) if model.resource_type == 'snapshot' else names) }}
{%- endmacro %}

{#-- Comments are data of the catalog: they go there as data. --#}
{% macro glue__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- set description = model.description if for_relation and config.persist_relation_docs() else none -%}
  {%- set columns = model.columns if for_columns and config.persist_column_docs() else {} -%}
  {%- if description or columns -%}
    {%- do adapter.write_docs(relation, description, columns) -%}
  {%- endif -%}
{%- endmacro %}

{% macro glue__current_timestamp() -%}
  current_timestamp()
{%- endmacro %}
