"""What the server says to its client by itself: findings, progress, problems."""
