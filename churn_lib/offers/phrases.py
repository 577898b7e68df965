"""Quantities with the words that say what they are: "$80.91 a month instead of $89.90".

Whoever writes a text with these slots can't turn the old price into the new one, or a single credit
into a monthly one: code writes the words that say what a number is. The plain slots within the
braces stay slots too.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from churn_lib.customer.contact import Language

PHRASES: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "price_change": "{price_after} a month instead of {price_now}",
        "monthly_price": "{price_after} a month",
        "discount": "{percent} off",
        "credit": "{amount} off your next bill",
        "usual_price": "usually {amount} a month",
        "monthly_fee": "{amount} a month",
    },
    "es": {
        "price_change": "{price_after} al mes en lugar de {price_now}",
        "monthly_price": "{price_after} al mes",
        "discount": "{percent} de descuento",
        "credit": "{amount} de descuento en su siguiente factura",
        "usual_price": "normalmente {amount} al mes",
        "monthly_fee": "{amount} al mes",
    },
    "fr": {
        "price_change": "{price_after} par mois au lieu de {price_now}",
        "monthly_price": "{price_after} par mois",
        "discount": "{percent} de remise",
        "credit": "{amount} de remise sur votre prochaine facture",
        "usual_price": "d'habitude {amount} par mois",
        "monthly_fee": "{amount} par mois",
    },
    "de": {
        "price_change": "{price_after} im Monat statt {price_now}",
        "monthly_price": "{price_after} im Monat",
        "discount": "{percent} Rabatt",
        "credit": "{amount} Rabatt auf Ihre nächste Rechnung",
        "usual_price": "sonst {amount} im Monat",
        "monthly_fee": "{amount} im Monat",
    },
    "ko": {
        "price_change": "월 {price_now} 대신 {price_after}",
        "monthly_price": "월 {price_after}",
        "discount": "{percent} 할인",
        "credit": "다음 청구서에서 {amount} 할인",
        "usual_price": "평소 월 {amount}",
        "monthly_fee": "월 {amount}",
    },
}

_PARTS: Final = {
    name: frozenset(re.findall(r"\{(\w+)\}", phrase)) for name, phrase in PHRASES["en"].items()
}


def available(plain: Collection[str]) -> frozenset[str]:
    """The slots of this module that can be filled where these plain slots can."""
    return frozenset(name for name, parts in _PARTS.items() if parts <= set(plain))


def form(slot: str, language: Language) -> str | None:
    """How a slot of this module reads, with … for each quantity; None for a plain slot."""
    phrase = PHRASES[language].get(slot)
    return re.sub(r"\{\w+\}", "…", phrase) if phrase else None
