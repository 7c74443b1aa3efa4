"""The rules run over the facts of one file, and what suppressions leave of their findings."""
