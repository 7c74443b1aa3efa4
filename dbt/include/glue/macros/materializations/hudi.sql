{#-- Hudi tables: the session's runtime writes them by Hudi's own operations, insert, upsert and insert_overwrite, each
     of which is one commit. Its MERGE is not asked: it knows fewer conditions, and leaves out values in merge-on-read tables. --#}

{#-- The table `target_relation` of the rows of `select`: where it is, by one commit, if what is there has the same columns,
     keys, partitions and type; else beside it, to be switched in. keys: the columns of the record key. --#}
{% macro glue_hudi_load(target_relation, select, keys, main='main') %}
  {%- set rows = glue_hudi_keyed_rows(select, keys) -%}
  {%- set staging_relation = adapter.staging_relation(target_relation, model) -%}
  {%- set request = adapter.hudi_request(target_relation, model, rows, 'overwrite_table', keys, staging_relation, glue_hudi_clauses(staging_relation, keys)) -%}
  {%- set staged = adapter.write_hudi(request) -%}
  {%- call noop_statement(main, 'OK', 'OVERWRITE') -%}
    {{ rows }}
  {%- endcall -%}
  {%- do glue_hudi_settle(target_relation, staging_relation, staged) -%}
{% endmacro %}


{#-- The same of a model's rows: those of its query, or, of a Python model, of the view that waits for it. --#}
{% macro glue_hudi_load_model(target_relation, compiled_code, view=none) %}
  {%- set select = 'select * from ' ~ adapter.quote(view) if view else glue_contracted(compiled_code) -%}
  {%- do glue_hudi_load(target_relation, select, adapter.hudi_keys(model), main='load' if view else 'main') -%}
{% endmacro %}


{% macro glue_hudi_settle(target_relation, staging_relation, staged) %}
  {%- if staged -%}
    {%- do adapter.switch(target_relation, staging_relation) -%}
  {%- else -%}
    {%- do adapter.cache_added(target_relation) -%}
  {%- endif -%}
{% endmacro %}


{#-- Rows into a table that is there. operation: insert, upsert or overwrite_partitions. --#}
{% macro glue_hudi_write(target_relation, select, operation, keys, main='main') %}
  {%- do adapter.write_hudi(adapter.hudi_request(target_relation, model, select, operation, keys)) -%}
  {%- call noop_statement(main, 'OK', operation | upper) -%}
    {{ select }}
  {%- endcall -%}
{% endmacro %}


{#-- What follows the columns in CREATE TABLE: the session knows those. --#}
{% macro glue_hudi_clauses(relation, keys) -%}
  {%- set properties = adapter.table_properties(
        config.get('table_properties'), config.get('tblproperties'), adapter.hudi_properties(model, keys), adapter.staged_properties(relation)) -%}
  using hudi
  {{ partition_cols(label="partitioned by") }}
  {{ glue_location_clause(relation) }}
  {{ comment_clause() }}
  tblproperties (
    {%- for name in properties -%}
      {{ adapter.string_literal(name) }} = {{ adapter.string_literal(properties[name]) }}
      {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
  )
{%- endmacro %}


{#-- Rows of which each key has one: Hudi would keep any of several. With a field that orders them it is the latest.
     A key is not null, nor all of its columns. --#}
{% macro glue_hudi_keyed_rows(select, keys, unique=true) -%}
  {%- if not keys -%}
    {{ select }}
  {%- else -%}
    {%- set precombine = adapter.hudi_precombine(model) -%}
    {%- set listed = keys | join(', ') -%}
    {%- set key %}{% for name in keys %}{{ adapter.quote(name) }}{{ ", " if not loop.last }}{% endfor %}{% endset -%}
  select *
  from (
    select *
    {%- if unique and precombine %},
      row_number() over (partition by {{ key }} order by {{ adapter.quote(precombine) }} desc) as __dbt_copies
    {%- elif unique %},
      count(*) over (partition by {{ key }}) as __dbt_copies
    {%- endif %}
    from (
{{ select }}
    ) as DBT_INTERNAL_ROWS
  )
  where case
    when coalesce({% for name in keys %}cast({{ adapter.quote(name) }} as string), {% endfor %}null) is null
      then raise_error({{ adapter.string_literal('The record key (' ~ listed ~ ') of a row is null, which a Hudi table cannot have: leave such rows out, or give them a key') }})
    {%- if unique and precombine %}
    when __dbt_copies > 1 then false
    {%- elif unique %}
    when __dbt_copies > 1
      then raise_error(concat({{ adapter.string_literal('More than one row of ' ~ model.name ~ ' has the same record key (' ~ listed ~ '), of which a Hudi table has one: ') }}, to_json(struct({{ key }}))))
    {%- endif %}
    else true
  end
  {%- endif -%}
{%- endmacro %}


{#-- What an incremental run does to the rows of a Hudi table; its columns have been changed. plan: ChangePlan. --#}
{% macro glue_hudi_change(target_relation, source, plan, main) %}
  {%- set keys = adapter.hudi_keys(model) -%}
  {%- set rows = glue_source_select(source, plan) -%}
  {%- if plan.action == 'append' -%}
    {%- do glue_hudi_write(target_relation, glue_hudi_keyed_rows(rows, keys, unique=false), 'insert', keys, main) -%}
  {%- elif plan.action in ('replace_partitions', 'replace_batch') -%}
    {%- do glue_hudi_write(target_relation, glue_hudi_keyed_rows(rows, keys), 'overwrite_partitions', keys, main) -%}
  {%- elif plan.action == 'merge' -%}
    {%- do glue_hudi_write(target_relation, glue_hudi_merged_rows(target_relation, glue_hudi_keyed_rows(rows, keys), plan, keys), 'upsert', keys, main) -%}
  {%- else -%}
    {%- do glue_hudi_write(target_relation, glue_hudi_keyed_rows(rows, keys), 'upsert', keys, main) -%}
  {%- endif -%}
{% endmacro %}


{#-- The rows that a merge writes, whole ones: where some columns or some rows are to stay, the table's values come in by
     a join. rows: a query with one row of each key. --#}
{% macro glue_hudi_merged_rows(target_relation, rows, plan, keys) -%}
  {%- set updated = adapter.merge_columns(plan.columns, config.get('merge_update_columns'), config.get('merge_exclude_columns')) -%}
  {%- set matched = config.get('matched_condition') -%}
  {%- set unmatched = config.get('not_matched_condition') -%}
  {%- if not matched and not unmatched and updated | length == plan.columns | length -%}
    {{ rows }}
  {%- else -%}
  select
  {%- for column in plan.columns %}
    {%- if column.name | lower in updated %}
    DBT_INTERNAL_SOURCE.{{ column.quoted }} as {{ column.quoted }}
    {%- else %}
    case when DBT_INTERNAL_DEST.__dbt_present then DBT_INTERNAL_DEST.{{ column.quoted }} else DBT_INTERNAL_SOURCE.{{ column.quoted }} end as {{ column.quoted }}
    {%- endif %}{{ "," if not loop.last }}
  {%- endfor %}
  from (
{{ rows }}
  ) as DBT_INTERNAL_SOURCE
  left join (select *, true as __dbt_present from {{ target_relation }}) as DBT_INTERNAL_DEST
  on {% for key in keys %}DBT_INTERNAL_DEST.{{ adapter.quote(key) }} <=> DBT_INTERNAL_SOURCE.{{ adapter.quote(key) }}{{ " and " if not loop.last }}{% endfor %}
  where case
    when DBT_INTERNAL_DEST.__dbt_present then {{ "(" ~ matched ~ ")" if matched else ("true" if updated else "false") }}
    else {{ "(" ~ unmatched ~ ")" if unmatched else "true" }}
  end
  {%- endif -%}
{%- endmacro %}


{#-- The rows of a snapshot that its staged changes touch: open ones that end, and new ones. --#}
{% macro glue_hudi_snapshot_rows(target, source, columns) -%}
  {%- set names = glue_snapshot_column_names() -%}
  {%- set valid_to = adapter.quote(names.dbt_valid_to) -%}
  {%- set scd_id = adapter.quote(names.dbt_scd_id) -%}
  {%- set current = config.get('dbt_valid_to_current') -%}
  select
  {%- for column in columns %}
    {{ ("DBT_INTERNAL_SOURCE." ~ valid_to) if column.name | lower == names.dbt_valid_to | lower else column.from_target }} as {{ column.quoted }}{{ "," if not loop.last }}
  {%- endfor %}
  from {{ target }} as DBT_INTERNAL_DEST
  join {{ source }} as DBT_INTERNAL_SOURCE
  on DBT_INTERNAL_SOURCE.{{ scd_id }} = DBT_INTERNAL_DEST.{{ scd_id }}
  where DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
    and (DBT_INTERNAL_DEST.{{ valid_to }} is null{% if current %} or DBT_INTERNAL_DEST.{{ valid_to }} = ({{ current }}){% endif %})
  union all
  select {% for column in columns %}{{ column.from_source }} as {{ column.quoted }}{{ ", " if not loop.last }}{% endfor %}
  from {{ source }} as DBT_INTERNAL_SOURCE
  left anti join {{ target }} as DBT_INTERNAL_DEST
  on DBT_INTERNAL_SOURCE.{{ scd_id }} = DBT_INTERNAL_DEST.{{ scd_id }}
  where DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
{%- endmacro %}
