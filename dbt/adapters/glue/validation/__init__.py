"""Validation of Python models in a session, in a process of its own: `python -m dbt.adapters.glue.validation`.

The language server and `dbt-glue schema` talk to it in JSON lines (see `service`). It reads the
profile through dbt, starts a session when it first needs one, analyses models there without writing
(see `glue_session.validation`), and reads schemas from the Data Catalog.
"""
