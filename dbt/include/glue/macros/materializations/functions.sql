{#-- Functions of the project. dbt's materialization `function` stands: it takes a declaration from one of these four, by the
     function's type and language. The adapter makes the function in the session; the declaration, in Spark's words, is what
     the log and target/run show. Spark 3.5 has no statement that would make it. --#}
{% macro glue__scalar_function_sql(target_relation) -%}
  {{ glue_function_declaration(target_relation) }}
{%- endmacro %}

{% macro glue__aggregate_function_sql(target_relation) -%}
  {{ glue_function_declaration(target_relation) }}
{%- endmacro %}

{% macro glue__scalar_function_python(target_relation) -%}
  {{ glue_function_declaration(target_relation) }}
{%- endmacro %}

{% macro glue__aggregate_function_python(target_relation) -%}
  {{ glue_function_declaration(target_relation) }}
{%- endmacro %}


{% macro glue_function_declaration(target_relation) -%}
  {%- set python = model.language == 'python' -%}
  CREATE OR REPLACE TEMPORARY {{ 'AGGREGATE ' if model.config.type == 'aggregate' }}FUNCTION {{ target_relation }} ({{ formatted_scalar_function_args_sql() }})
  RETURNS {{ model.returns.data_type }}
  {%- if python %}
  LANGUAGE PYTHON
  RUNTIME_VERSION = '{{ model.config.get('runtime_version') }}'
  HANDLER = '{{ model.config.get('entry_point') }}'
  {%- if model.config.get('packages') %}
  PACKAGES = ('{{ model.config.get('packages') | join("','") }}')
  {%- endif %}
  {%- endif %}
  {{ scalar_function_volatility_sql() }}
  {{ 'AS' if python else 'RETURN' }}
  {{ model.compiled_code }}
{%- endmacro %}


{% macro glue__formatted_scalar_function_args_sql() -%}
  {%- set arguments = [] -%}
  {%- for each in model.arguments -%}
    {%- do arguments.append(each.name ~ ' ' ~ each.data_type ~ (' DEFAULT ' ~ each.default_value if each.default_value is not none else '')) -%}
  {%- endfor -%}
  {{ arguments | join(', ') }}
{%- endmacro %}


{#-- Spark takes a function's value as the same within a statement, which is both `deterministic` and `stable`; of SQL it
     sees by itself what is not. --#}
{% macro glue__scalar_function_volatility_sql() -%}
  {%- set volatility = model.config.get('volatility') -%}
  {%- if volatility == 'non-deterministic' and model.language != 'python' -%}
    {%- do unsupported_volatility_warning(volatility) -%}
  {%- elif volatility == 'non-deterministic' -%}
    NOT DETERMINISTIC
  {%- elif volatility -%}
    DETERMINISTIC
  {%- endif -%}
{%- endmacro %}


{% macro glue__function_execute_build_sql(build_sql, existing_relation, target_relation) -%}
  {{ write(build_sql) }}
  {%- do store_result('main', response=adapter.make_function(model, build_sql)) -%}
{%- endmacro %}
