"""The edge to the protocol: the compiler's answers as the client reads them, and the bytes they travel in."""
