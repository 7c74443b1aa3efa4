"""The Thrift metastore by which Spark's Hive client reaches the Data Catalog."""
