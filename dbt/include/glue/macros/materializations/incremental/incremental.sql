{#-- Every strategy builds new data beside the old and switches to it in the Data Catalog, or (append) puts the new
     files in place when all are written; in an open format it is a commit. A run that fails leaves the table as it was. --#}
{% materialization incremental, adapter='glue', supported_languages=['sql', 'python'] %}
  {%- do adapter.check_model_config(model) -%}
  {%- set language = model['language'] -%}
  {%- set strategy = adapter.checked_incremental_strategy(
        config.get('incremental_strategy'), config.get('unique_key'), config.get('partition_by')) -%}
  {%- set own_strategy = adapter.own_strategy(context, strategy) -%}
  {%- set on_schema_change = adapter.checked_on_schema_change(config.get('on_schema_change')) -%}
  {%- set grant_config = config.get('grants') -%}
  {%- if strategy == 'append' -%}
    {%- do adapter.settle_appends(this) -%}
  {%- endif -%}
  {%- set existing_relation = adapter.settled_relation(this) -%}
  {%- set target_relation = adapter.relation_to_build(model, this, existing_relation) -%}
  {%- do adapter.check_batches(strategy, language, target_relation.table_format, config.get('partition_by')) -%}
  {%- set full_refresh = should_full_refresh() -%}
  {%- do adapter.check_default_strategy(model, target_relation, none if full_refresh else existing_relation) -%}

  {{ glue_run_hooks(pre_hooks) }}
  {%- do glue_run_header() -%}

  {%- set compiled_code = glue_with_timestamp(target_relation, compiled_code, language) -%}
  {%- set is_new = existing_relation is none or existing_relation.is_view or full_refresh -%}
  {%- if not is_new -%}
    {%- do adapter.check_same_format(target_relation, existing_relation) -%}
    {%- set compiled_code = glue_with_constraints(compiled_code) -%}
  {%- endif -%}
  {%- if is_new -%}
    {%- set making = glue_making(target_relation, existing_relation, language) -%}
    {%- if language == 'python' -%}
      {%- call statement('main', language='python') -%}
        {{- glue_python_making(making, compiled_code) -}}
      {%- endcall -%}
    {%- endif -%}
    {%- set first = adapter.first_attempt(target_relation) if existing_relation is none and making.way == 'staged' else none -%}
    {%- do glue_make(target_relation, making, compiled_code, language, first) -%}
    {%- if first is not none and first.overtaken -%}
      {#-- Another run has made the table meanwhile: these rows come into it as those of a later run do. --#}
      {%- set source_columns = adapter.get_columns_in_relation(making.relation) -%}
      {%- for attempt in adapter.attempts(target_relation, ['the other run']) -%}
        {%- do glue_apply_incremental(strategy, on_schema_change, target_relation, making.relation.render(), source_columns, making.relation, attempt) -%}
      {%- endfor -%}
      {%- do adapter.discard_added(making.relation, target_relation) -%}
    {%- endif -%}
  {%- elif own_strategy is not none -%}
    {%- do glue_apply_own_strategy(own_strategy, on_schema_change, target_relation, compiled_code) -%}
  {%- elif adapter.is_open_format(target_relation.table_format) -%}
    {%- if language == 'python' -%}
      {%- set view = adapter.rows_view() -%}
      {%- call statement('main', language='python') -%}
        {{- glue_python_rows(target_relation, view, compiled_code) -}}
      {%- endcall -%}
      {%- set source = adapter.quote(view) -%}
      {%- set source_columns = adapter.columns_from(load_result('main').response.columns) -%}
    {%- else -%}
      {%- set source = '(\n' ~ compiled_code ~ '\n)' -%}
      {%- set source_columns = get_column_schema_from_query(compiled_code) if on_schema_change != 'ignore' else none -%}
    {%- endif -%}
    {%- do glue_apply_changes(strategy, on_schema_change, target_relation, source, source_columns, language) -%}
  {%- else -%}
    {#-- A Python model runs once; of an SQL model all is made again where another run has changed the table meanwhile. --#}
    {%- if language == 'python' -%}
      {%- set source_relation = adapter.append_staging(target_relation) if strategy == 'append'
            else adapter.staging_relation(target_relation, model, suffix='__dbt_tmp') -%}
      {%- call statement('main', language='python') -%}
        {{- create_python_intermediate_table(source_relation, compiled_code) -}}
      {%- endcall -%}
      {%- set source_columns = adapter.columns_from(load_result('main').response.columns) -%}
    {%- endif -%}
    {%- for attempt in adapter.attempts(target_relation, pre_hooks) -%}
      {%- set by_partition = adapter.may_rewrite_partitions(strategy, target_relation, model.config, attempt) -%}
      {%- if language == 'python' -%}
        {%- do glue_apply_incremental(strategy, on_schema_change, target_relation, source_relation.render(), source_columns, source_relation, attempt, by_partition) -%}
      {%- elif by_partition -%}
        {#-- The new rows are asked twice, where they go and what they are: they are made once. --#}
        {%- set rows_relation = adapter.staging_relation(target_relation, model, suffix='__dbt_tmp') -%}
        {%- set columns = get_column_schema_from_query(compiled_code) -%}
        {%- set stored = adapter.stored_columns(columns, adapter.columns_read(attempt)) -%}
        {%- call statement('main') -%}
          {{ glue_stage_rows_sql(rows_relation, 'select ' ~ adapter.select_list(columns, stored) ~ ' from (\n' ~ compiled_code ~ '\n)') }}
        {%- endcall -%}
        {%- do glue_apply_incremental(strategy, on_schema_change, target_relation, rows_relation.render(), stored, rows_relation, attempt, by_partition) -%}
        {%- do adapter.discard_rows(rows_relation, target_relation) -%}
      {%- else -%}
        {%- set rows_columns = get_column_schema_from_query(compiled_code) if on_schema_change != 'ignore' else none -%}
        {%- do glue_apply_incremental(strategy, on_schema_change, target_relation, '(\n' ~ compiled_code ~ '\n)', rows_columns, none, attempt) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- if language == 'python' -%}
      {%- do adapter.discard_rows(source_relation, target_relation) -%}
    {%- endif -%}
  {%- endif -%}

  {%- do glue_govern(target_relation) -%}
  {%- do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do glue_maintain(target_relation) -%}

  {{ glue_run_hooks(post_hooks) }}

  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#-- source: a table's name or a parenthesised query; source_columns: its columns, or none where
     the target's are enough; staged: the relation that holds the new rows, where one does; attempt: the target as it
     was read, which this may find changed (`overtaken`), so that nothing is done; by_partition: whether only those
     partitions may be rewritten that the new rows touch. --#}
{% macro glue_apply_incremental(strategy, on_schema_change, target_relation, source, source_columns, staged, attempt, by_partition=false) %}
  {%- set target_columns = adapter.columns_read(attempt) -%}
  {%- set plan = adapter.incremental_plan(strategy, on_schema_change, target_relation, target_columns, source_columns,
        config.get('unique_key'), config.get('partition_by')) -%}
  {%- set main = 'incremental' if staged is not none else 'main' -%}
  {%- set partitions = adapter.rewritten_partition_columns(strategy, target_relation, plan, target_columns, source_columns, attempt) if by_partition else [] -%}
  {%- set touched = adapter.touched_partitions(strategy, target_relation, glue_touched_partitions_sql(strategy, target_relation, source, plan, partitions)) if partitions else none -%}

  {%- set added = plan.added if touched is none else adapter.columns_without(plan.columns, target_columns) -%}
  {%- if added -%}
    {%- do glue_add_columns(target_relation, added) -%}
    {%- do adapter.read_again(attempt) -%}
  {%- endif -%}
  {%- if not attempt.overtaken -%}
    {%- do glue_bring_rows(strategy, target_relation, source, plan, main, partitions, touched, attempt) -%}
  {%- endif -%}
{% endmacro %}


{#-- The rows of glue_apply_incremental, for a table that has their columns. touched: the partitions to be rewritten, or
     none. --#}
{% macro glue_bring_rows(strategy, target_relation, source, plan, main, partitions, touched, attempt) %}
  {#-- What a whole table or a whole partition is replaced with was not made of what is there. --#}
  {%- set reads = none if strategy in ('insert_overwrite', 'microbatch') else attempt -%}

  {%- if plan.action == 'insert' -%}
    {%- set staging_relation = adapter.append_staging(target_relation) -%}
    {%- set insert = glue_insert_into_sql(staging_relation, source, plan) -%}
    {%- set rows = adapter.append(target_relation, staging_relation, insert) -%}
    {%- call noop_statement(main, 'OK ' ~ rows, 'OK', rows) -%}
      {{ insert }}
    {%- endcall -%}
  {%- elif touched is not none -%}
    {%- do glue_rewrite_partitions(strategy, target_relation, source, plan, partitions, touched, reads) -%}
  {%- else -%}
    {%- set staging_relation = adapter.staging_relation(target_relation, model) -%}
    {%- set select = glue_incremental_select(strategy, target_relation, source, plan) -%}
    {%- call statement(main) -%}
      {{ glue_stage_sql(staging_relation, select) }}
    {%- endcall -%}
    {%- if plan.action == 'switch_partitions' -%}
      {%- do adapter.switch_partitions(strategy, target_relation, staging_relation, attempt=reads) -%}
    {%- else -%}
      {%- do adapter.switch(target_relation, staging_relation, reads) -%}
    {%- endif -%}
  {%- endif -%}
{% endmacro %}


{% macro glue_add_columns(target_relation, columns) %}
  {%- if columns -%}
    {%- call statement('add_columns') -%}
      alter table {{ target_relation }} add columns ({% for column in columns %}{{ column.quoted }} {{ column.data_type }}{{ ", " if not loop.last }}{% endfor %})
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}


{#-- Builds the touched partitions anew, and switches them in; no other is read or written. --#}
{% macro glue_rewrite_partitions(strategy, target_relation, source, plan, partitions, touched, attempt) %}
  {%- if touched -%}
    {%- set staging_relation = adapter.staging_relation(target_relation, model) -%}
    {%- set target = '(select * from ' ~ target_relation ~ ' where ' ~ adapter.partition_condition(target_relation, partitions, touched) ~ ')' -%}
    {%- call statement('incremental') -%}
      {{ glue_stage_sql(staging_relation, glue_incremental_select(strategy, target, source, plan)) }}
    {%- endcall -%}
    {%- do adapter.switch_partitions(strategy, target_relation, staging_relation, touched, attempt) -%}
  {%- else -%}
    {%- do log(strategy ~ ': no new rows, ' ~ target_relation ~ ' stays as it is', info=true) -%}
  {%- endif -%}
{% endmacro %}
