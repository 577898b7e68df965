"""Who writes: what Gemini is asked, and how it is called."""
