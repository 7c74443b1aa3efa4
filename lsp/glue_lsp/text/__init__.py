"""The open documents and the places in them."""
