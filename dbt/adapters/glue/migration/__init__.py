"""What a project of dbt-glue's meets here: read from its files, its profile and its Data Catalog, and nothing changed."""
