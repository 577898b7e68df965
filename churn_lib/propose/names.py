"""What a heading says: words, a name for the schema, and the part that a column may play."""

import re
import unicodedata
from collections.abc import Iterable

from churn_lib.customer.schema import NAME, RESERVED
from churn_lib.customer.spelling import plain

TENURE = re.compile(
    r"tenure|vintage|seniority|months? (on|in|with|since|as)\b|(account|subscription|customer"
    r"|relationship|membership|contract) ?(length|age\b|duration|months|lifetime)"
    r"|(member|customer|client).* (since|for)\b|length of (service|stay|relationship)"
    r"|(months|days|years|weeks) ?(as )?(customer|client|subscribed|active)"
    r"|antig|anciennet|vertragsdauer|kundendauer|laufzeit"
)
BILL = re.compile(
    r"(month|avg|average|mean|recurring).*(charge|bill|fee|price|revenue|amount|spend|payment|rent)"
    r"|(charge|bill|fee|price|revenue|spend|payment).*(month|avg|average)|\barpu\b|\bmrr\b"
    r"|(plan|subscription) ?(price|fee|charge)|^(charges?|bill(ing)?( amount)?|fee|price)$"
)
NO_BILL = re.compile(r"total|extra|overage|refund|long distance|tax\b|late|roam|method|change|chng")
"""What is called so and is only a part of a bill, or all bills."""

PROTECTED = re.compile(
    r"\b(gender|sex|senior|senior ?citizen|marri\w*|marital\w*|partner|spouse|depend[ae]nts?"
    r"|child\w*|kids?|rac(e|ial)|ethnic\w*|relig\w*|nationality|disab\w*|birth\w*|dob|geograph\w*"
    r"|country|surname|income\w*|salary|education\w*|occupation\w*|profession|job"
    r"|home ?owner\w*|customer ?age|geschlecht|alter|edad|sexo)\b"
    r"|(?<!account )(?<!subscription )(?<!contract )(?<!device )(?<!handset )(?<!equipment )"
    r"(?<!plan )(?<!phone )(?<!membership )(?<!relationship )\bage\b"
)
PLACE = re.compile(
    r"\b(city|town|village|street|address|zip|zip ?code|postal|post ?code|postcode|plz|pin ?code"
    r"|lat|latitude|lon|lng|longitude|lat ?long?|coordinates?|neighbou?rhood|ort|ciudad|ville)\b"
)
REGION = re.compile(r"\b(state|region|province|county|district|area( code)?|territory)\b")
AFTERWARDS = re.compile(
    r"churn|attrit|\b(cancel\w*|exit\w*|left|leav\w*|status|reason\w*|win ?back|score|terminat\w*"
    r"|clos(e|ed|ing|ure)|deactivat\w*|disconnect\w*|retention|risk|predict\w*|probab\w*|ended|lost"
    r"|end date|grund|motivo)\b"
)
"""What may be known only after somebody left."""

IDENTIFIER = re.compile(
    r"\b(id|ids|uuid|guid|key|nr|no|num|number|index|row|msisdn|imsi|imei|serial|e ?mail|phone)$"
    r"|customer ?id|customerid|clientnum|phone ?number|rownumber|account ?(number|no|id)$|unnamed"
)
CUSTOMER = re.compile(r"customer|client|account|user|subscriber|member|kunde|cliente")
CODED = re.compile(
    r"\b(code|type|plan|tier|status|group|class|category|region|area|segment|cluster|zone|channel"
    r"|grade|band)\b"
)
MONEY = re.compile(r"charge|\bfees?\b|cost|price|bill|payment|revenue|spend|\bamount")
MONTHS = re.compile(r"month")

FOREIGN = frozenset(map(plain, ("customerID", "context")))
"""What a request calls by these names, however they are spelled."""

LONGEST_NAME = 50


def words(heading: str) -> str:
    """A heading as words, in small letters but for what is written in capitals: TV."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", heading)
    parts = re.sub(r"[\s_.:;/\\|-]+", " ", apart).split()
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts)


def spoken(heading: str) -> str:
    """The words in small letters, for the patterns."""
    return words(heading).casefold()


def name_of(heading: str, place: int, taken: Iterable[str]) -> str:
    """A name for the schema that nothing else is read like. place: of the column, from 1.

    taken: names and other headings, as `plain` has them.
    """
    name = heading if _is_name(heading) else _slug(heading) or f"column_{place}"
    if not _is_name(name):
        name = f"{name}_value"
    others = FOREIGN.union(taken)
    wanted, number = name, 1
    while plain(wanted) in others:
        number += 1
        wanted = f"{name}_{number}"
    return wanted


def _is_name(text: str) -> bool:
    fits = NAME.fullmatch(text) and len(text) <= LONGEST_NAME and not text.startswith("model_")
    return bool(fits) and text not in RESERVED


def _slug(heading: str) -> str:
    """Small letters, digits and underscores, as far as a heading has any."""
    letters = unicodedata.normalize("NFKD", words(heading)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", letters.lower()).strip("_")
    name = name if name[:1].isalpha() else f"column_{name}" if name else ""
    return name[:LONGEST_NAME].rstrip("_")
