"""What to propose to somebody who brings a table of their own?"""
