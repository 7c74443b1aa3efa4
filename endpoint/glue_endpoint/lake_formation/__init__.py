"""AWS Lake Formation as far as Glue's clients call it. Nothing is enforced: one user owns the warehouse."""
