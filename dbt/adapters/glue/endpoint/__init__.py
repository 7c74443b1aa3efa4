"""The embedded endpoint: the Glue API on loopback, answered by real Spark on this machine."""
