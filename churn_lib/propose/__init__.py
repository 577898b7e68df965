"""What a schema for a table may say, and what to doubt in it."""
