"""What clients of AWS see: HTTP, signatures, the wire format, and one service for each AWS API."""
