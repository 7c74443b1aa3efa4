"""The columns of relations: from contracts, YAML, the catalog, sessions and other models."""
