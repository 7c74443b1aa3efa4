{#-- `dbt clone`: a table in Delta is cloned, without its data (SHALLOW CLONE); of anything else there is a view. --#}
{% materialization clone, adapter='glue' %}
  {%- do adapter.check_unread(model) -%}
  {%- set relations = {'relations': []} -%}
  {%- if not defer_relation -%}
    {%- do log('No relation found in state manifest for ' ~ model.unique_id, info=True) -%}
    {{ return(relations) }}
  {%- endif -%}
  {%- set existing_relation = adapter.settled_relation(this) -%}
  {%- if existing_relation is not none and not flags.FULL_REFRESH -%}
    {%- do log('Relation ' ~ existing_relation ~ ' already exists', info=True) -%}
    {{ return(relations) }}
  {%- endif -%}
  {%- set other_relation = load_cached_relation(defer_relation) -%}
  {%- if other_relation is none -%}
    {%- do exceptions.raise_compiler_error(defer_relation ~ ' cannot be cloned: it is in the state manifest, and not in the Data Catalog. Next: build it there, or leave it out (--exclude ' ~ model.name ~ ')') -%}
  {%- endif -%}
  {%- if this.schema | lower == defer_relation.schema | lower and this.identifier | lower == defer_relation.identifier | lower -%}
    {#-- A view of itself would take the place of the table. --#}
    {%- do log('Target relation and defer relation are the same, skipping clone for relation: ' ~ this) -%}
    {{ return(relations) }}
  {%- endif -%}
  {%- set grant_config = config.get('grants') -%}
  {%- set cloned = other_relation.is_table and other_relation.table_format == 'delta' and can_clone_table() -%}
  {%- if cloned -%}
    {%- set target_relation = this.incorporate(type='table').stored_as(other_relation.table_format) -%}
    {%- if existing_relation is none -%}
      {%- call statement('main') -%}
        {{ create_or_replace_clone(adapter.table_in_place(target_relation, none, model), other_relation) }}
      {%- endcall -%}
      {%- do adapter.cache_added(target_relation) -%}
    {%- else -%}
      {#-- Delta clones nothing into a table that has rows: a new one takes its place. A clone says in the catalog nothing
           of what it is staged for: it is made in its folder alone, and gets its name, with that, when it is whole. --#}
      {%- set made_relation = adapter.staging_relation(target_relation, model) -%}
      {%- call statement('main') -%}
        create table delta.{{ adapter.quote(made_relation.location) }} shallow clone {{ other_relation }}
      {%- endcall -%}
      {%- call statement('name_clone') -%}
        create table {{ made_relation }} using delta {{ glue_table_comment(made_relation) }}
        {{ glue_location_clause(made_relation) }}
      {%- endcall -%}
      {%- do adapter.switch(target_relation, made_relation) -%}
    {%- endif -%}
  {%- else -%}
    {%- do adapter.check_view(model) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- do glue_make_view(target_relation, existing_relation, 'select * from ' ~ other_relation) -%}
  {%- endif -%}

  {%- do glue_govern(target_relation) -%}
  {%- do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- if cloned -%}
    {%- do persist_docs(target_relation, model) -%}
  {%- endif -%}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% macro glue__create_or_replace_clone(this_relation, defer_relation) -%}
  create or replace table {{ this_relation }} shallow clone {{ defer_relation }}
  {{ glue_location_clause(this_relation) }}
{%- endmacro %}
