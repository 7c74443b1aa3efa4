"""One module per method of the protocol, named as the method: METHOD, OPTIONS if any, and `handle`."""
