"""What the tests of the writer share: a brief, a clock that is set by hand, and a writer for a fake
Gemini.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import product
from typing import get_args

from churn_lib.customer.contact import CHANNELS, LANGUAGES, Tone
from churn_lib.gemini.prompt import Brief
from churn_lib.gemini.writer import GeminiWriter
from churn_lib.secrets.key import gemini_key
from churn_lib.settings import read_settings
from tests.canaries import KEY as KEY
from tests.fakes.gemini import FakeGemini

BRIEF = Brief(
    offer_name="Annual plan",
    slots=("price_change", "months"),
    reasons=("pays month to month", "has fibre internet"),
    channel="email",
    tone="friendly",
    language="en",
)


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def variables(url: str, **more: object) -> Mapping[str, str]:
    """The environment of a writer for the Gemini at this address."""
    given = {"GEMINI_API_KEY": KEY, "GEMINI_BASE_URL": url, **more}
    return {name.upper(): str(value) for name, value in given.items()}


@asynccontextmanager
async def writing(
    gemini: FakeGemini, clock: Clock | None = None, **more: object
) -> AsyncIterator[GeminiWriter]:
    """A writer for this Gemini; `more`: further settings."""
    settings = read_settings(variables(gemini.url, **more))
    clock = clock or Clock()
    writer = GeminiWriter(settings, gemini_key(settings, clock), clock=clock, jitter=lambda: 0.0)
    try:
        yield writer
    finally:
        await writer.aclose()


TONES: tuple[Tone, ...] = get_args(Tone)
OTHERS = [
    BRIEF._replace(tone=tone, channel=channel, language=language)
    for language, channel, tone in product(LANGUAGES, CHANNELS, TONES)
]
"""Sixty briefs that differ from each other; the first is BRIEF."""
