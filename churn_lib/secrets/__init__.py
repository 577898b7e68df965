"""Keys: where is one kept, and what is it now?"""
