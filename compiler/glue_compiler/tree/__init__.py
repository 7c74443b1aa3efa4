"""The concrete syntax tree of a text, with lean positions, and repaired texts while it is broken."""
