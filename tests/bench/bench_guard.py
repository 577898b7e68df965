"""Which lies the guard lets pass and which honest texts it refuses, of texts never looked at.

The corpora are split by a hash of each text: the first byte of its SHA-256 is even for the half
that whoever edits the lists of words may read, odd for the one that only this benchmark reads. A
refused honest text gets one repair by a writer who leaves the named word out.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time

from pydantic import BaseModel, TypeAdapter

from churn_lib.customer.contact import LANGUAGES, Channel, Language
from churn_lib.words.guard import Refusal, check
from tests.bench.figures import Goal, at_most
from tests.fakes.repair import without, without_sentence

DATA = Path(__file__).parents[1] / "data"
LIES_PASSED, HONEST_REFUSED, HONEST_LOST, MILLISECONDS = 10, 20, 5, 0.5

Repair = Callable[[str, str, list[str], Channel], str | None]


class Sample(BaseModel):
    """One line of a corpus."""

    language: Language
    channel: Channel
    slots: list[str]
    text: str

    @property
    def may_be_read(self) -> bool:
        """Whether it is of the half that whoever edits the lists may look at."""
        text = self.text.encode("utf-8", "surrogatepass")
        return hashlib.sha256(text).digest()[0] % 2 == 0


def figures() -> Iterator[Goal]:
    """One pass over the unseen half of both corpora in each language."""
    lies, honest = unseen("attacks"), unseen("honest")
    for language in LANGUAGES:
        yield from _figures(
            language,
            [one for one in lies if one.language == language],
            [one for one in honest if one.language == language],
        )


def _figures(language: Language, lies: list[Sample], honest: list[Sample]) -> Iterator[Goal]:
    begin = process_time()
    passed = 100 - share_refused(lies)
    refused = share_refused(honest)
    each = (process_time() - begin) / (len(lies) + len(honest)) * 1000
    sentence = share_lost(honest, without_sentence)
    yield at_most(f"{language}: lies passed, %", passed, LIES_PASSED, f"of {len(lies)}")
    yield at_most(f"{language}: honest refused, %", refused, HONEST_REFUSED, f"of {len(honest)}")
    yield at_most(
        f"{language}: honest refused after one repair, %",
        share_lost(honest, without),
        HONEST_LOST,
        f"{sentence:.3g} where the whole sentence goes",
    )
    yield at_most(f"{language}: a text, ms of CPU", each, MILLISECONDS)


def unseen(name: str) -> list[Sample]:
    """The half of a corpus that nobody reads."""
    return [one for one in read(name) if not one.may_be_read]


def read(name: str) -> list[Sample]:
    lines = (DATA / f"{name}.ndjson").read_text(encoding="utf-8").splitlines()
    return [TypeAdapter(Sample).validate_json(line) for line in lines]


def share_refused(samples: Sequence[Sample]) -> float:
    """Percent of the texts that the guard refuses."""
    return 100 * sum(_refusal(one, one.text) is not None for one in samples) / len(samples)


def share_lost(samples: Sequence[Sample], repair: Repair) -> float:
    """Percent of the texts that the guard refuses also when they were repaired once."""
    return 100 * sum(_is_lost(one, repair) for one in samples) / len(samples)


def _is_lost(sample: Sample, repair: Repair) -> bool:
    refusal = _refusal(sample, sample.text)
    if refusal is None:
        return False
    text = refusal.word and repair(sample.text, refusal.word, sample.slots, sample.channel)
    return not text or _refusal(sample, text) is not None


def _refusal(sample: Sample, text: str) -> Refusal | None:
    return check(text, language=sample.language, channel=sample.channel, slots=sample.slots)
