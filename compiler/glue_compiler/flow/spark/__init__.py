"""What PySpark means: frames, columns, functions, groups, sessions."""
