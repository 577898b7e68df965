"""What stands under every endpoint."""
