"""What the server knows of one client: its documents, projects, settings, and models as a request sees them."""
