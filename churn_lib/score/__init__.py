"""How likely is it that a customer leaves, and why?"""
