"""What the endpoint remembers: one SQLite file beside the warehouse, for several processes at once."""
