"""Which languages have a list of the words that a text may not hold, and where it lies."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from churn_lib.customer.schema import ARTIFACTS

LISTS = "lists"
"""A folder of `<language>.txt`: ours, and one among the artifacts for an owner's own."""


@cache
def lists() -> Mapping[str, Traversable]:
    """The list of each language; an owner's stands in the place of ours."""
    folders: tuple[Traversable, ...] = (resources.files("churn_lib.words"), ARTIFACTS)
    return {
        file.name.removesuffix(".txt"): file
        for folder in folders
        if (folder / LISTS).is_dir()
        for file in (folder / LISTS).iterdir()
        if file.name.endswith(".txt")
    }


def is_guarded(language: str) -> bool:
    """Whether a text of Gemini's in this language can be checked; else there are templates."""
    return language in lists()
