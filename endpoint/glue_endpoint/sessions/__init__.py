"""Interactive sessions: their states, their statements, and what they ask of their Python."""
