"""What `dbt-glue doctor` prints, and the edits of `--fix`."""
