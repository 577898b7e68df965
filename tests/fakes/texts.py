"""What the fake Gemini writes: an honest text in each language, and one that lies in every way."""

import re
from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str, str]] = {
    "English": (
        "An offer for you",
        "We have an offer for you: {}. Reply to this message to accept.",
        "Reply today.",
    ),
    "Spanish": (
        "Una oferta para usted",
        "Tenemos una oferta para usted: {}. Responda a este mensaje.",
        "Responda hoy.",
    ),
    "French": (
        "Une offre pour vous",
        "Nous avons une offre pour vous : {}. Répondez à ce message.",
        "Répondez à ce message.",
    ),
    "German": (
        "Ein Angebot für Sie",
        "Wir haben ein Angebot für Sie: {}. Antworten Sie bitte.",
        "Antworten Sie uns.",
    ),
    "Korean": (
        "고객님을 위한 제안",
        "고객님께 드리는 제안입니다: {}. 이 메시지에 답장해 주세요.",
        "답장해 주세요.",
    ),
}
LIES = {
    "headline": "Half price for ever",
    "message": (
        "Get 50 % off, free of charge, guaranteed for life, because you are 73 % likely to leave."
    ),
    "call_to_action": "See <a href='http://evil.example'>here</a>",
}


def is_judged(prompt: str) -> bool:
    """Whether the prompt asks what a text says beyond the facts."""
    return "\nThe text:\n" in prompt


def honest(prompt: str) -> dict[str, object]:
    """A text in the language and with the slots that the prompt asks for; where a text is to be
    judged, no claim.
    """
    if is_judged(prompt):
        return {"claims": []}
    language = re.search(r"^Language: (\w+)", prompt, re.MULTILINE)
    slots = re.findall(
        r"\{\w+\}", next((line for line in prompt.splitlines() if line.startswith("Slots:")), "")
    )
    headline, message, action = WORDS[language[1] if language else "English"]
    return {
        "headline": headline,
        "message": message.format(", ".join(slots)),
        "call_to_action": action,
    }
