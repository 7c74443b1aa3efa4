"""The JVM with Spark, the Python processes of sessions, and what both need to run."""
