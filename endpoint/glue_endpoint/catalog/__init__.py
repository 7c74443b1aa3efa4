"""The Data Catalog: what Glue does with databases, tables, partitions and what belongs to them."""
