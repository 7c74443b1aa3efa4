"""The text of a model: offsets, lines, positions in encodings, literals, edits carried over, and likeness of names."""
