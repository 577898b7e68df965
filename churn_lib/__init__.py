"""How likely a customer is to leave, why, which offer pays, and what to say."""

__version__ = "1.0.0"
