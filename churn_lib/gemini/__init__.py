"""Who writes: what Gemini is asked, how it is called, and with which key."""
