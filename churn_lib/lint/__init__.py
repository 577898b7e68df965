"""Is a catalogue sound, and what would a new one change?"""
