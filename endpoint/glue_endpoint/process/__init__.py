"""The process of an endpoint: serving, its state folder, and finding it from outside."""
