"""Processes beside the server, and the one client that talks to them."""
