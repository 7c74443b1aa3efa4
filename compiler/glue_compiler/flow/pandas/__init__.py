"""What pandas and pandas on Spark mean: frames, series, groups, stores."""
