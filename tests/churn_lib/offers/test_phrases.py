"""The words that say what a number is."""

import re

import pytest

from churn_lib.customer.contact import LANGUAGES, Language
from churn_lib.offers.phrases import PHRASES, form


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
