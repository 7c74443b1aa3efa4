"""What `dbt-glue clean` finds and removes: staged tables and versions of a project's tables that are of no use any more."""
