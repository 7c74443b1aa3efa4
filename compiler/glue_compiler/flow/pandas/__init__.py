"""What pandas means: frames, series, groups, stores."""
