"""What an editor asks of a model: hover, completion, hints, definitions, references."""
