"""What is told about the endpoints."""
