"""What is in the files that people keep their customers in."""
