"""The analysis of a text that is being edited: each edit costs what it touches."""
