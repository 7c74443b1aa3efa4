"""The life of Glue sessions: find or create, wait, run statements, poll, cancel, stop."""
