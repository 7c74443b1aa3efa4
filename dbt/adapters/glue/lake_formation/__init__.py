"""Lake Formation for the tables that dbt makes: LF-tags, data cells filters and permissions, as nodes' configs say.

`calls.py` has the API, `tags.py`, `filters.py` and `grants.py` what each config comes to: they compare what is with what
is to be, and change the difference alone.
"""
