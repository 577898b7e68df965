"""A language is data: a catalogue chooses those that it needs, and brings what we have not."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from churn_lib.customer.contact import LANGUAGES, Context
from churn_lib.customer.languages import language_name, spoken
from churn_lib.customer.reading import parse_json
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import ArtifactError, InputError
from churn_lib.gemini.prompt import prompt
from churn_lib.lint.catalogue import lint
from churn_lib.lint.unwise import unwise
from churn_lib.offers.catalogue import OFFERS, parse
from churn_lib.settings import GeminiSettings
from churn_lib.words.compose import Composer, Misconfigured, brief
from churn_lib.words.template import Quantities, said, template
from churn_lib.words.wanted import key_of
from tests.churn_lib.offers.italian import ITALIAN
from tests.churn_lib.offers.samples import ROW, SMALL, TODAY, changed, proposed, small
from tests.serving import ROOT


@pytest.fixture
def italian_is_spoken() -> Iterator[None]:
    before, spoken.languages = spoken.languages, ("it",)
    yield
    spoken.languages = before


def asked(language: str) -> bytes:
    return json.dumps({**ROW, "context": {"language": language}}).encode()


def test_a_catalogue_that_chooses_none_is_in_the_five_languages_of_old() -> None:
    assert small().languages == LANGUAGES == ("en", "es", "fr", "de", "ko")


def test_lint_asks_for_no_language_that_the_catalogue_does_not_choose() -> None:
    english = changed(('version = "1"', 'version = "1"\nlanguages = ["en"]'))
    assert [str(fault) for fault in lint(english)] == ["call_closings.en: is missing"]
    assert len(lint(SMALL)) > 10


def test_italian_is_added_by_a_catalogue_alone() -> None:
    assert lint(ITALIAN) == []
    catalogue = parse(ITALIAN)
    context = Context().model_copy(update={"language": "it"})
    text = said(template(proposed(catalogue.offers[0], catalogue, context=context)), "email")
    assert "Buongiorno! Paga 80,91 USD al mese invece di 89,90 USD per 12 mesi: 10% di sconto." in (
        text.replace("\u00a0", " ")
    )
    assert "Valido fino al 31 dicembre 2026." in text


@pytest.mark.parametrize(
    ("language", "months"),
    [("it", "12 mesi"), ("pt_BR", "12 meses"), ("pl", "12 miesięcy"), ("ja", "12 か月")],
)
def test_a_time_has_its_word_in_any_language(language: str, months: str) -> None:
    context = Context().model_copy(update={"language": language})
    filled = Quantities(proposed(small().offers[0], small(), context=context))
    assert filled["months"] == months


@pytest.mark.usefixtures("italian_is_spoken")
def test_a_request_may_ask_for_what_the_catalogue_speaks() -> None:
    assert parse_json(PredictRequest, asked("it")).context.language == "it"
    assert parse_json(PredictRequest, asked("IT")).context.language == "it"
    assert Context().language == "it"


@pytest.mark.usefixtures("italian_is_spoken")
def test_a_request_for_another_language_is_told_which_there_are() -> None:
    with pytest.raises(InputError) as caught:
        parse_json(PredictRequest, asked("fr"))
    assert caught.value.faults == (("context.language", "must be one of 'it'"),)


def test_until_a_catalogue_was_read_any_language_may_be_asked_for() -> None:
    before, spoken.languages = spoken.languages, ()
    try:
        assert parse_json(PredictRequest, asked("pt_BR")).context.language == "pt_BR"
        with pytest.raises(InputError, match="must be a code, such as en or pt_BR"):
            parse_json(PredictRequest, asked("Klingon"))
    finally:
        spoken.languages = before


def test_the_catalogue_of_the_folder_says_what_is_spoken_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / OFFERS).write_text(ITALIAN)
    code = "from churn_lib.customer.languages import spoken; print(*spoken.languages)"
    environment = {**os.environ, "CHURN_ARTIFACTS": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["it"]


def test_gemini_is_told_the_language_and_the_words_of_the_catalogue() -> None:
    catalogue = parse(ITALIAN)
    context = Context().model_copy(update={"language": "it"})
    proposal = proposed(catalogue.offers[0], catalogue, context=context)
    wanted = brief(proposal, key_of(proposal, []))
    lines = prompt(wanted)
    assert language_name("it") == "Italian"
    assert "Language: Italian" in lines
    assert "reads: … al mese invece di …" in lines


def test_what_no_list_can_check_is_a_template_that_says_so() -> None:
    catalogue = parse(ITALIAN)
    context = Context().model_copy(update={"language": "it"})
    proposal = proposed(catalogue.offers[0], catalogue, context=context)
    written = asyncio.run(Composer(GeminiSettings(), Misconfigured()).compose(proposal, []))
    assert (written.written_by, written.fallback_reason) == ("template", "guard")
    told = [str(fault) for fault in unwise(catalogue, TODAY)]
    assert any(text.startswith("languages.it: has no list of words") for text in told)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('["it"]', '["xx"]', "languages.0: must be the code of a language, such as it or pt_BR"),
        ('["it"]', "[]", "languages: must not be empty"),
        ("[phrases.it]", "[phrases.es]", "needs the words of phrases.it.price_change"),
        ("{percent} di sconto", "sconto", "phrases.it.discount: must hold {percent}, once"),
        ("{percent} di", "{percent} e 5 di", "phrases.it.discount: must hold {percent}, once"),
        ("discount =", "rebate =", "phrases.it.rebate: is none of the phrases"),
    ],
)
def test_what_a_language_lacks_is_named(old: str, new: str, fault: str) -> None:
    assert old in ITALIAN
    with pytest.raises(ArtifactError) as caught:
        parse(ITALIAN.replace(old, new, 1))
    assert fault in str(caught.value)


def test_words_of_the_catalogue_go_before_ours() -> None:
    own = '[phrases.en]\ndiscount = "{percent} less"\n\n[disclosures.until]'
    catalogue = small(("[disclosures.until]", own))
    filled = Quantities(proposed(catalogue.offers[0], catalogue))
    assert (filled["discount"], filled["monthly_price"]) == ("10% less", "$80.91 a month")
