"""What should be said?"""
