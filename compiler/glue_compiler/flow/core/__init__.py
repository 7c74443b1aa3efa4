"""The interpreter of a model: statements, expressions, calls and values of any library."""
