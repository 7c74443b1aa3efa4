"""S3's REST API over the folder of the buckets: the files that Spark reads and writes, for any S3 client."""
