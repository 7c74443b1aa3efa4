"""What names mean: scopes, bindings of dbt and the session, assignments on every path, the dbt surface."""
