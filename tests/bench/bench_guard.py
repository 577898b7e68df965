"""How much of the shipped corpora the guard blocks, and how long a text takes, per language.

The guard was tuned on these texts; how it does on unseen ones is said in docs/guard.md.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import get_args

from pydantic import BaseModel, TypeAdapter

from churn_lib.customer.contact import Channel, Language
from churn_lib.words.guard import check
from tests.bench.figures import Goal, at_least, at_most

DATA = Path(__file__).parents[1] / "data"


class Sample(BaseModel):
    """One line of a corpus."""

    language: Language
    channel: Channel
    slots: list[str]
    text: str


def figures() -> Iterator[Goal]:
    """One pass over both corpora in each language."""
    attacks, honest = read("attacks"), read("honest")
    for language in get_args(Language):
        lies, truths = (
            [one for one in corpus if one.language == language] for corpus in (attacks, honest)
        )
        begin = perf_counter()
        blocked, refused = share(lies), share(truths)
        each = (perf_counter() - begin) / (len(lies) + len(truths))
        yield at_least(
            f"{language}: attacks blocked, %",
            blocked,
            100,
            f"of {len(lies)}; {each * 1e6:.0f} us a text",
        )
        yield at_most(f"{language}: honest texts blocked, %", refused, 2, f"of {len(truths)}")


def read(name: str) -> list[Sample]:
    lines = (DATA / f"{name}.ndjson").read_text(encoding="utf-8").splitlines()
    return [TypeAdapter(Sample).validate_json(line) for line in lines]


def share(samples: Sequence[Sample]) -> float:
    """Percent of the texts that the guard blocks."""
    rules = [
        check(one.text, language=one.language, channel=one.channel, slots=one.slots)
        for one in samples
    ]
    return 100 * sum(rule is not None for rule in rules) / len(rules)
