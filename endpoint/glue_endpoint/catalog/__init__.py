"""The Data Catalog: what Glue does with databases, tables and partitions, and where they are kept."""
