{#-- plan: IncrementalPlan of dbt/adapters/glue/incremental.py --#}
{% macro glue_insert_into_sql(target_relation, source, plan) -%}
  insert into {{ target_relation }} ({% for column in plan.columns %}{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
  select {% for column in plan.columns %}{{ column.from_source }} as {{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
  from {{ source }} as DBT_INTERNAL_SOURCE
{%- endmacro %}


{#-- The rows of the new version of the table (or of its new partitions). target, source: each a table's name
     or a parenthesised query. --#}
{% macro glue_incremental_select(strategy, target, source, plan) -%}
  {%- if strategy == 'merge' and config.get('unique_key') -%}
    {{ glue_merge_select(target, source, plan) }}
  {%- elif strategy == 'delete+insert' -%}
    {{ glue_delete_insert_select(target, source, plan) }}
  {%- elif strategy in ('insert_overwrite', 'microbatch') -%}
    select {% for column in plan.columns %}{{ column.from_source }} as {{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
    from {{ source }} as DBT_INTERNAL_SOURCE
  {%- else -%}
    select {% for column in plan.columns %}{{ column.from_target }} as {{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
    from {{ target }} as DBT_INTERNAL_DEST
    union all
    select {% for column in plan.columns %}{{ column.from_source }} as {{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
    from {{ source }} as DBT_INTERNAL_SOURCE
  {%- endif -%}
{%- endmacro %}


{#-- MERGE for formats that have none: one full outer join. Keys compare null-safe; the source is
     evaluated once; two source rows for one target row are an error, as in a native MERGE. --#}
{% macro glue_merge_select(target, source, plan) -%}
  {%- set keys = adapter.column_list(config.get('unique_key')) -%}
  {%- set predicates = adapter.predicate_list(config.get('incremental_predicates') or config.get('predicates')) -%}
  {%- set updated = adapter.merge_columns(plan.columns, config.get('merge_update_columns'), config.get('merge_exclude_columns')) -%}
  select
  {%- for column in plan.columns %}
    {%- if loop.first %}
    case when DBT_INTERNAL_SOURCE.__dbt_copies > 1 and DBT_INTERNAL_DEST.__dbt_present
      then raise_error(concat({{ adapter.string_literal('More than one row of the model has the same unique_key (' ~ keys | join(', ') ~ '): ') }}, to_json(struct({% for key in keys %}DBT_INTERNAL_SOURCE.{{ adapter.quote(key) }}{{ ", " if not loop.last }}{% endfor %}))))
    {%- else %}
    case
    {%- endif %}
      {%- if column.name | lower in updated %}
      when DBT_INTERNAL_SOURCE.__dbt_present then {{ column.from_source }} else {{ column.from_target }}
      {%- else %}
      when DBT_INTERNAL_DEST.__dbt_present then {{ column.from_target }} else {{ column.from_source }}
      {%- endif %}
    end as {{ column.quoted }}{{ "," if not loop.last }}
  {%- endfor %}
  from (select *, true as __dbt_present from {{ target }}) as DBT_INTERNAL_DEST
  full outer join (
    select *, true as __dbt_present,
      count(*) over (partition by {% for key in keys %}{{ adapter.quote(key) }}{{ ", " if not loop.last }}{% endfor %}) as __dbt_copies
    from {{ source }}
  ) as DBT_INTERNAL_SOURCE
  on {% for key in keys %}DBT_INTERNAL_DEST.{{ adapter.quote(key) }} <=> DBT_INTERNAL_SOURCE.{{ adapter.quote(key) }}{{ " and " if not loop.last }}{% endfor %}
  {%- for predicate in predicates %}
    and ({{ predicate }})
  {%- endfor %}
{%- endmacro %}


{#-- Target rows whose key the source has are dropped, all source rows are added. A window instead
     of a join, so that the source is evaluated once. --#}
{% macro glue_delete_insert_select(target, source, plan) -%}
  {%- set keys = adapter.column_list(config.get('unique_key')) -%}
  {%- set predicates = adapter.predicate_list(config.get('incremental_predicates') or config.get('predicates')) -%}
  select {% for column in plan.columns %}{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
  from (
    select *, max(__dbt_new) over (partition by {% for key in keys %}{{ adapter.quote(key) }}{{ ", " if not loop.last }}{% endfor %}) as __dbt_replaced
    from (
      select {% for column in plan.columns %}{{ column.from_target }} as {{ column.quoted }}, {% endfor %}
        0 as __dbt_new,
        {% if predicates %}case when {% for predicate in predicates %}({{ predicate }}){{ " and " if not loop.last }}{% endfor %} then 1 else 0 end{% else %}1{% endif %} as __dbt_deletable
      from {{ target }} as DBT_INTERNAL_DEST
      union all
      select {% for column in plan.columns %}{{ column.from_source }} as {{ column.quoted }}, {% endfor %} 1 as __dbt_new, 0 as __dbt_deletable
      from {{ source }} as DBT_INTERNAL_SOURCE
    )
  )
  where __dbt_new = 1 or __dbt_replaced = 0 or __dbt_deletable = 0
{%- endmacro %}


{#-- The partitions that a merge or delete+insert touches, as text, one a row: those that new rows come into,
     and those that rows are in which they replace. Rows of one key are all in one partition where the
     key has its columns: then the table is not read. partitions: the plan's columns of the table's. --#}
{% macro glue_touched_partitions_sql(strategy, target_relation, source, plan, partitions) -%}
  {%- set keys = adapter.column_list(config.get('unique_key')) -%}
  {%- set predicates = adapter.predicate_list(config.get('incremental_predicates') or config.get('predicates')) -%}
  select distinct {% for column in partitions %}cast({{ column.from_source }} as string) as {{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
  from {{ source }} as DBT_INTERNAL_SOURCE
  {%- if not adapter.keys_hold(keys, partitions) %}
  union
  select distinct {% for column in partitions %}cast({{ column.from_target }} as string) as {{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
  from {{ target_relation }} as DBT_INTERNAL_DEST
  left semi join {{ source }} as DBT_INTERNAL_SOURCE
  on {% for key in keys %}DBT_INTERNAL_DEST.{{ adapter.quote(key) }} <=> DBT_INTERNAL_SOURCE.{{ adapter.quote(key) }}{{ " and " if not loop.last }}{% endfor %}
  {%- for predicate in predicates %}
    {{ "and" if strategy == 'merge' or not loop.first else "where" }} ({{ predicate }})
  {%- endfor %}
  {%- endif %}
{%- endmacro %}
