{#-- Who reads what was built: the configs go to Lake Formation as data, and no statement is sent. --#}
{% macro glue_govern(relation) %}
  {%- if config.get('lf_tags_config') -%}
    {%- do adapter.add_lf_tags(relation, config.get('lf_tags_config')) -%}
  {%- endif -%}
  {%- if config.get('lf_grants') -%}
    {%- do adapter.apply_lf_grants(relation, config.get('lf_grants')) -%}
  {%- endif -%}
{% endmacro %}


{% macro glue__apply_grants(relation, grant_config, should_revoke=True) -%}
  {%- do adapter.apply_grants_config(relation, grant_config, should_revoke) -%}
{%- endmacro %}


{#-- Permissions are of the table's entry in the catalog, which stays when the table is replaced. --#}
{% macro glue__copy_grants() -%}
  {{ return(True) }}
{%- endmacro %}


{#-- For macros that ask for grants by SQL, as dbt's own do: what Lake Formation lists, as rows. --#}
{% macro glue__get_show_grant_sql(relation) -%}
  {{ return(adapter.grants_query(relation)) }}
{%- endmacro %}


{% macro glue__get_grant_sql(relation, privilege, grantees) -%}
  {{ glue_no_grant('grant', privilege, relation) }}
{%- endmacro %}


{% macro glue__get_revoke_sql(relation, privilege, grantees) -%}
  {{ glue_no_grant('revoke', privilege, relation) }}
{%- endmacro %}


{% macro glue_no_grant(verb, privilege, relation) -%}
  {%- do exceptions.raise_compiler_error('Glue has no SQL to ' ~ verb ~ ' ' ~ privilege ~ ' on ' ~ relation ~ ': permissions are of Lake Formation. Next: use the config `grants`, or in a macro adapter.apply_grants_config(relation, {privilege: grantees}, should_revoke=false)') -%}
{%- endmacro %}
