"""The version of the adapter, as dbt reads it."""

version = "0.1.0"
