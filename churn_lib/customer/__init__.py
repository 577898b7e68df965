"""Who is asked about: the attributes of a customer, the contact, and how both are read."""
