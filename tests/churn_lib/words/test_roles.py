"""A right number in a wrong role is refused, whatever else of the sentence is true."""

import re

import pytest

from churn_lib.customer.contact import LANGUAGES, Language
from churn_lib.offers.phrases import PHRASES, form
from churn_lib.words.guard import check
from churn_lib.words.roles import has_wrong_role

ROLES: list[tuple[Language, str, str]] = [
    (
        "en",
        "You pay {price_after} instead of {price_now} for {months}.",
        "You pay {price_now} instead of {price_after}.",
    ),
    (
        "en",
        "For {months} you get {percent} off your bill.",
        "For {months} you pay only {percent} of your bill.",
    ),
    (
        "en",
        "You save {saving} and pay {price_after} a month.",
        "You save {price_after} with our annual plan.",
    ),
    ("en", "We take {amount} off your next bill.", "We take {price_after} off your next bill."),
    (
        "en",
        "Your price stays at {price_after} for {months}.",
        "Your price stays low after {months}.",
    ),
    (
        "en",
        "With our plan it is {price_after} a month.",
        "With our plan it is {price_after} a year.",
    ),
    ("en", "You get {percent} off for {months}.", "You get {percent} off every {months}."),
    ("en", "You get {credit} as a welcome.", "You get {credit} every month."),
    ("en", "You can accept this until {valid_until}.", "Your lower price starts on {valid_until}."),
    (
        "es",
        "Pague {price_after} en lugar de {price_now}.",
        "Pague {price_now} en lugar de {price_after}.",
    ),
    ("es", "Ahorra {saving} cada mes con el plan.", "Ahorra {price_after} cada mes con el plan."),
    (
        "fr",
        "Payez {price_after} au lieu de {price_now}.",
        "Payez {price_now} au lieu de {price_after}.",
    ),
    ("fr", "Profitez de {percent} de remise.", "Vous ne payez que {percent} de votre facture."),
    (
        "de",
        "Sie zahlen {price_after} statt {price_now}.",
        "Sie zahlen {price_now} statt {price_after}.",
    ),
    (
        "de",
        "Wir ziehen {amount} von der Rechnung ab.",
        "Wir ziehen {price_after} von der Rechnung ab.",
    ),
    (
        "ko",
        "{price_now} 대신 {price_after}에 이용하세요.",
        "{price_after} 대신 {price_now}에 이용하세요.",
    ),
    ("ko", "{months} 동안 {percent} 할인해 드립니다.", "{months}마다 {percent} 할인해 드립니다."),
]


@pytest.mark.parametrize(("language", "right", "wrong"), ROLES)
def test_a_slot_must_keep_its_role(language: Language, right: str, wrong: str) -> None:
    assert not has_wrong_role(right, language)
    slots = re.findall(r"\{(\w+)\}", wrong)
    assert check(wrong, language=language, channel="call", slots=slots) == "slot-role"


def test_a_new_price_alone_may_also_be_the_one_after_the_offer() -> None:
    assert not has_wrong_role("You pay {price} instead of {price_after}.", "en")
    assert has_wrong_role("You pay {price_now} instead of {price_after}.", "en")


def test_a_slot_of_no_known_kind_is_left_alone() -> None:
    assert not has_wrong_role("Save {name_of_offer} a year, every {name_of_offer}.", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_has_the_same_slots_in_every_language(language: Language) -> None:
    assert PHRASES[language].keys() == PHRASES["en"].keys()
    for name, phrase in PHRASES[language].items():
        assert sorted(re.findall(r"\{(\w+)\}", phrase)) == sorted(
            re.findall(r"\{(\w+)\}", PHRASES["en"][name])
        )


def test_a_plain_slot_has_no_form_of_its_own() -> None:
    assert form("discount", "de") == "… Rabatt"
    assert form("months", "de") is None
