"""What the tests of stored texts share: a desk of the shipped catalogue, keys, and texts."""

from datetime import UTC, datetime

from churn_lib.customer.model import Customer
from churn_lib.customer.shown import shown_customer
from churn_lib.gemini.prompt import Draft
from churn_lib.offers.decide import decider
from churn_lib.words.authoring import Desk
from churn_lib.words.texts import Key, Status, Stored

TODAY = datetime.now(UTC).date()
DESK = Desk(decider(), Customer.model_validate(shown_customer()), TODAY)
KEY = Key("annual-plan", "email", "en", "friendly", "pays month to month")
SMS = KEY._replace(channel="sms")
OTHER = Key("tech-support", "email", "en", "friendly", "has no tech support")


def draft(key: Key, word: str = "offer") -> Draft:
    """An honest text with all slots of its offer, in English; word: what it is known by."""
    slots = ", ".join(f"{{{slot}}}" for slot in DESK.facts(key).slots)
    return Draft(
        headline=f"An {word} for you",
        message=f"Here is our {word}: {slots}.",
        call_to_action="Please reply to this message.",
    )


def stored(key: Key = KEY, status: Status = "written", word: str = "offer") -> Stored:
    """A text that was judged and holds no claim."""
    text = DESK.stored(key, draft(key, word), (), "gemini-3.5-flash-lite")
    return text.model_copy(update={"status": status})
