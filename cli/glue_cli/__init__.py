"""The `dbt-glue` command line, a thin client of the compiler, the endpoint and the language server."""
