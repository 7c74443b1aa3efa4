{#-- Macros of dbt packages as Spark can do them, where the package has none for Spark, or one that leaves something out.
     A project finds them by `dispatch`, with dbt's own macros before the package's: see docs/dbt-packages.md. --#}

{#-- dbt_utils: Spark has no information_schema. get_relations_by_pattern and get_relations_by_prefix ask for this, too. --#}
{% macro glue__get_tables_by_pattern_sql(schema_pattern, table_pattern, exclude='', database=none) -%}
  {{ adapter.tables_by_pattern(schema_pattern, table_pattern, exclude) }}
{%- endmacro %}

{#-- dbt_expectations: its macro for Spark leaves out `is_raw` and `flags`. Its tests ask whether there is a match, not where. --#}
{% macro glue__regexp_instr(source_value, regexp, position=1, occurrence=1, is_raw=false, flags='') -%}
  {%- if position != 1 or occurrence != 1 -%}
    {%- do exceptions.raise_compiler_error("regexp_instr: only position=1 and occurrence=1 are there on Glue. Next: use regexp_extract_all in SQL of your own") -%}
  {%- endif -%}
  {%- set pattern = (regexp | replace("\\", "\\\\") | replace("'", "\\'")) if is_raw else regexp -%}
  cast({{ source_value }} rlike '{{ "(?" ~ flags ~ ")" if flags }}{{ pattern }}' as int)
{%- endmacro %}

{#-- audit_helper: Spark counts nothing distinct over a window. The first rank and the last one count what has no nulls. --#}
{% macro glue___count_num_rows_in_status() -%}
  {%- set keys = ['dbt_audit_surrogate_key', 'dbt_audit_pk_row_num'] -%}
  dense_rank() over (partition by dbt_audit_row_status order by {{ keys | join(', ') }})
    + dense_rank() over (partition by dbt_audit_row_status order by {{ keys | join(' desc, ') }} desc) - 1
{%- endmacro %}

{#-- audit_helper: alike are two queries with as many rows, and one sum of what each row is hashed to. With an event time
     the rows count that are in the time of both. --#}
{% macro glue__quick_are_queries_identical(query_a, query_b, columns, event_time=none) -%}
  select count(distinct counted) = 1 as are_tables_identical
  from (
    {%- for query in [query_a, query_b] %}
    {{ 'union all' if not loop.first }}
    select struct(count(*), sum(cast(xxhash64(to_json(struct({{ columns | join(', ') }}))) as decimal(38, 0)))) as counted
    from ({{ query }}) as of_query
    {%- if event_time %}
    where {{ event_time }} >= (
        select max(first_time) from (
          select min({{ event_time }}) as first_time from ({{ query_a }}) as a
          union all
          select min({{ event_time }}) from ({{ query_b }}) as b
        ) as first_times
      )
      and {{ event_time }} <= (
        select min(last_time) from (
          select max({{ event_time }}) as last_time from ({{ query_a }}) as a
          union all
          select max({{ event_time }}) from ({{ query_b }}) as b
        ) as last_times
      )
    {%- endif %}
    {%- endfor %}
  ) as counts
{%- endmacro %}
