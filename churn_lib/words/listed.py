"""Which languages have a list of the words that a text may not hold."""

from functools import cache
from importlib import resources


@cache
def is_guarded(language: str) -> bool:
    """Whether a text of Gemini's in this language can be checked; else there are templates."""
    lists = resources.files("churn_lib.words") / "lists"
    return language in {file.name.partition(".")[0] for file in lists.iterdir()}
