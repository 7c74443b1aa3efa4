"""Forward abstract interpretation of a model in two worlds: frame kinds, columns, provenance, use."""
