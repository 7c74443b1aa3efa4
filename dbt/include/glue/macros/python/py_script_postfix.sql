{#-- dbt-core appends what this renders to the model's source, in `dbt compile` and before every run. Here it is
     where the model is checked, before any session starts. It adds nothing that runs: the program that
     is shipped is made of the model's own source by `glue__py_write_table` and shown in target/run. --#}
{% macro py_script_postfix(model) -%}
  {{ adapter.check_python_model(model, glue_python_references(model)) }}
{%- endmacro %}


{#-- What dbt.ref and dbt.source resolve to, as data, with the time or version of those that `as_of` names. As in dbt-core, --empty and --sample do not reach into Python. --#}
{% macro glue_python_references(model) -%}
  {%- set found = {'refs': [], 'sources': [], 'ephemeral': []} -%}
  {%- for asked in model.refs -%}
    {%- set names = [asked.get('package'), asked.name] if asked.get('package') else [asked.name] -%}
    {%- set relation = adapter.as_of_config(model, asked.name, ref(*names, v=asked.get('version'))) -%}
    {%- if relation.is_cte -%}
      {%- do found.ephemeral.append(asked.name) -%}
    {%- endif -%}
    {%- do found.refs.append({
          'name': asked.name, 'package': asked.get('package'), 'version': asked.get('version'),
          'relation': relation.render() if relation.render is callable else relation | string,
          'versioned': relation.moment is not none}) -%}
  {%- endfor -%}
  {%- for asked in model.sources -%}
    {%- set relation = adapter.as_of_config(model, asked | join('.'), source(*asked)) -%}
    {%- do found.sources.append({
          'source': asked[0], 'table': asked[1],
          'relation': relation.render() if relation.render is callable else relation | string,
          'versioned': relation.moment is not none}) -%}
  {%- endfor -%}
  {{ return(found) }}
{%- endmacro %}
