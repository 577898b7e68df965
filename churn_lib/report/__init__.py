"""How good is the score, shown so that whoever doubts it can check?"""
