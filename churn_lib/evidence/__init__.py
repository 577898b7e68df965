"""Do offers work: what was gained, what is not known yet, and what follows for the offers?"""
