"""AWS Glue on this machine: interactive sessions and the Data Catalog over HTTP, on a real Spark."""
