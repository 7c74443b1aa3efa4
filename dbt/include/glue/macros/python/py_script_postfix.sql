{#-- dbt-core appends what this renders to the model's source, in `dbt compile` and before every run. Here it is
     where the model is checked, before any session starts. It adds nothing that runs: the program that
     is shipped is made of the model's own source by `glue__py_write_table` and shown in target/run. --#}
{% macro py_script_postfix(model) -%}
  {{ adapter.check_python_model(model, glue_python_references(model)) }}
{%- endmacro %}


{#-- What dbt.ref and dbt.source resolve to, as data: a relation, and which of its rows (`as_of`, --empty, --sample, the time of a batch). --#}
{% macro glue_python_references(model) -%}
  {%- set found = {'refs': [], 'sources': []} -%}
  {%- for asked in model.refs -%}
    {%- set names = [asked.get('package'), asked.name] if asked.get('package') else [asked.name] -%}
    {%- set relation = ref(*names, v=asked.get('version')) -%}
    {%- set query = adapter.ephemeral_query(builtins.ref, asked) if relation.is_cte else none -%}
    {%- do found.refs.append(dict(adapter.python_input(model, asked.name, relation, query),
          name=asked.name, package=asked.get('package'), version=asked.get('version'))) -%}
  {%- endfor -%}
  {%- for asked in model.sources -%}
    {%- do found.sources.append(dict(adapter.python_input(model, asked | join('.'), source(*asked)),
          source=asked[0], table=asked[1])) -%}
  {%- endfor -%}
  {{ return(found) }}
{%- endmacro %}
