"""What the compiler knows about other people's systems, as data: frame APIs, dbt configs, packages, the dbt object."""
