"""What an analysis knows of a text: frozen data without syntax nodes, and the options it was made with."""
