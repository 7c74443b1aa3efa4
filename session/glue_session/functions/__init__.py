"""The project's functions in a session. These modules come with the first statement that calls one: the bootstrap is one statement, and has no room."""
