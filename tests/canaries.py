"""Values that the tests plant wherever a customer or a secret may be: none of them may ever be in a
server's log.
"""

KEY = "AIza-a-key-that-must-never-be-seen"
EMAIL = "jane.canary@example.org"
CARD = "4111111111111111"
IDENTIFIER = "canary-7590"

CANARIES = (KEY, EMAIL, CARD, IDENTIFIER)
HEADERS = {
    "Authorization": f"Bearer {KEY}",
    "Cookie": f"card={CARD}",
    "X-Caller": EMAIL,
    "Referer": f"/{IDENTIFIER}",
}
"""What a request may carry and nobody here needs."""


def seen(text: str) -> list[str]:
    """The canaries in a text."""
    return [canary for canary in CANARIES if canary in text]
