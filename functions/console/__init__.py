"""The page for people: look at a customer, see why, say the right thing."""
