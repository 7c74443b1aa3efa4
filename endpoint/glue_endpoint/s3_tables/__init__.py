"""S3 Tables: the API of S3's table buckets, over the tables that Glue's catalog has in them."""
