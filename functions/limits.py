"""What this instance still takes on."""


def draining() -> bool:
    """Whether the instance is being stopped."""
    return False
