"""What pandas on Spark means: pandas' API, and conversions to Spark and pandas."""
