"""What `dbt-glue clean` prints."""
