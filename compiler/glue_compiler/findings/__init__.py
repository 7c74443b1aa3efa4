"""What is found in a text: diagnostics, their fixes, and how they are shown to people."""
