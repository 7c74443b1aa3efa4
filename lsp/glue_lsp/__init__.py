"""The language server of dbt Python models on AWS Glue, a thin client of the compiler."""
