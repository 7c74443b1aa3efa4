"""The programs that a session runs, how they travel, and what comes back of a validation."""
