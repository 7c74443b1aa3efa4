{#-- What an incremental run does to a table in an open format: its columns first, then its rows in one commit.
     source: a view's name or a parenthesised query; source_columns: its columns, or none where the
     target's are enough. --#}
{% macro glue_apply_changes(strategy, on_schema_change, target_relation, source, source_columns, language) %}
  {#-- The Data Catalog's types are Hive's, which has fewer: for a comparison, Spark's own are asked for. --#}
  {%- set target_columns = adapter.get_columns_in_relation(target_relation) if on_schema_change == 'ignore'
        else get_column_schema_from_query('select * from ' ~ target_relation) -%}
  {%- set plan = adapter.change_plan(strategy, on_schema_change, target_relation,
        adapter.columns_of_rows(target_columns, target_relation.table_format),
        adapter.columns_of_rows(source_columns, target_relation.table_format), config.get('unique_key')) -%}
  {%- set main = 'incremental' if language == 'python' else 'main' -%}

  {%- do glue_change_columns(target_relation, plan) -%}

  {%- if adapter.is_written_by_runtime(target_relation.table_format) -%}
    {%- do glue_hudi_change(target_relation, source, plan, main) -%}
  {%- elif plan.action == 'replace_partitions' -%}
    {%- set select = glue_source_select(source, plan) -%}
    {%- set response = adapter.overwrite_partitions(target_relation, select) -%}
    {%- call noop_statement(main, response, 'OVERWRITE') -%}
      {{ select }}
    {%- endcall -%}
  {%- elif plan.action == 'append' -%}
    {%- call statement(main) -%}
      {{ glue_insert_into_sql(target_relation, source, plan) }}
    {%- endcall -%}
  {%- else -%}
    {%- set rows = source -%}
    {%- if language == 'sql' -%}
      {%- set view = adapter.rows_view() -%}
      {%- do adapter.hold_rows(view, source) -%}
      {%- set rows = adapter.quote(view) -%}
    {%- endif -%}
    {%- set response = adapter.merge(target_relation, glue_merge_sql(target_relation, rows, plan)) -%}
    {%- call noop_statement(main, response, 'MERGE') -%}
      {{ glue_merge_sql(target_relation, source, plan) }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}


{#-- The columns of a table in an open format, as a plan says. --#}
{% macro glue_change_columns(target_relation, plan) %}
  {%- for text in adapter.change_preparations(target_relation, plan) -%}
    {%- call statement('prepare_columns') -%}
      {{ text }}
    {%- endcall -%}
  {%- endfor -%}
  {%- do glue_add_columns(target_relation, plan.added) -%}
  {%- if plan.dropped -%}
    {%- call statement('drop_columns') -%}
      alter table {{ target_relation }} drop columns ({{ plan.dropped | join(', ') }})
    {%- endcall -%}
  {%- endif -%}
  {%- for column in plan.widened -%}
    {%- call statement('widen_column') -%}
      alter table {{ target_relation }} alter column {{ column.quoted }} type {{ column.data_type }}
    {%- endcall -%}
  {%- endfor -%}
{% endmacro %}


{% macro glue_merge_sql(target_relation, source, plan) -%}
  {%- if plan.action == 'merge' -%}
    {{ glue_native_merge_sql(target_relation, source, plan) }}
  {%- elif plan.action == 'replace_batch' -%}
    {{ glue_replace_batch_sql(target_relation, source, plan) }}
  {%- else -%}
    {{ glue_replace_rows_sql(target_relation, source, plan) }}
  {%- endif -%}
{%- endmacro %}


{#-- The new rows with the table's columns. --#}
{% macro glue_source_select(source, plan) -%}
  select {% for column in plan.columns %}{{ column.from_source }} as {{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
  from {{ source }} as DBT_INTERNAL_SOURCE
{%- endmacro %}


{#-- Rows of one key meet, NULL being a key like another; a key twice among the new rows is Spark's error. --#}
{% macro glue_native_merge_sql(target_relation, source, plan) -%}
  {%- set updated = adapter.merge_columns(plan.columns, config.get('merge_update_columns'), config.get('merge_exclude_columns')) -%}
  {%- set matched = config.get('matched_condition') -%}
  {%- set unmatched = config.get('not_matched_condition') -%}
  merge into {{ target_relation }} as DBT_INTERNAL_DEST
  using (
    {{ glue_source_select(source, plan) }}
  ) as DBT_INTERNAL_SOURCE
  on {{ glue_keys_meet() }}
  {%- if updated %}
  when matched {{ "and (" ~ matched ~ ")" if matched }} then update set
    {% for column in plan.columns if column.name | lower in updated %}DBT_INTERNAL_DEST.{{ column.quoted }} = DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
  {%- endif %}
  when not matched {{ "and (" ~ unmatched ~ ")" if unmatched }} then insert
    ({% for column in plan.columns %}{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
    values ({% for column in plan.columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}


{#-- delete+insert in one commit: each new row comes twice, once to delete the rows of its key and once to be
     inserted. A MERGE that only deletes takes several rows of a key. --#}
{% macro glue_replace_rows_sql(target_relation, source, plan) -%}
  merge into {{ target_relation }} as DBT_INTERNAL_DEST
  using (
    select explode(array(true, false)) as __dbt_deletes, *
    from (
      {{ glue_source_select(source, plan) }}
    )
  ) as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.__dbt_deletes and {{ glue_keys_meet() }}
  when matched then delete
  when not matched and not DBT_INTERNAL_SOURCE.__dbt_deletes then insert
    ({% for column in plan.columns %}{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
    values ({% for column in plan.columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}


{#-- A batch in one commit: the table's rows of its time go, its rows come. What deletes are rows of numbers beside
     the new ones: several, so that the rows of a batch spread over Spark's tasks. The time is compared as dbt
     compares it where it filters the inputs. --#}
{% macro glue_replace_batch_sql(target_relation, source, plan) -%}
  {%- set start = config.get('__dbt_internal_microbatch_event_time_start') -%}
  {%- set end = config.get('__dbt_internal_microbatch_event_time_end') -%}
  {%- set event_time = 'DBT_INTERNAL_DEST.' ~ adapter.quote(config.get('event_time')) -%}
  {%- set slots = 64 -%}
  merge into {{ target_relation }} as DBT_INTERNAL_DEST
  using (
    select *, cast(null as int) as __dbt_deletes
    from (
      {{ glue_source_select(source, plan) }}
    )
    union all
    select {% for column in plan.columns %}null, {% endfor %}__dbt_deletes
    from (select explode(sequence(0, {{ slots - 1 }})) as __dbt_deletes)
  ) as DBT_INTERNAL_SOURCE
  on pmod(hash({{ event_time }}), {{ slots }}) = DBT_INTERNAL_SOURCE.__dbt_deletes
    {%- if start %} and {{ event_time }} >= {{ adapter.string_literal(start) }}{% endif %}
    {%- if end %} and {{ event_time }} < {{ adapter.string_literal(end) }}{% endif %}
  when matched then delete
  when not matched and DBT_INTERNAL_SOURCE.__dbt_deletes is null then insert
    ({% for column in plan.columns %}{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
    values ({% for column in plan.columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}


{% macro glue_keys_meet() -%}
  {%- set keys = adapter.column_list(config.get('unique_key')) -%}
  {%- set predicates = adapter.predicate_list(config.get('incremental_predicates') or config.get('predicates')) -%}
  {% for key in keys %}DBT_INTERNAL_DEST.{{ adapter.quote(key) }} <=> DBT_INTERNAL_SOURCE.{{ adapter.quote(key) }}{{ " and " if not loop.last }}{% endfor %}
  {%- for predicate in predicates %} and ({{ predicate }}){% endfor %}
{%- endmacro %}
