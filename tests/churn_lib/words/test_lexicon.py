"""The lists of words: what each language must refuse, and that a speaker can edit them."""

import string
import subprocess
import sys
from pathlib import Path

import pytest

from churn_lib.customer.contact import LANGUAGES, Language
from churn_lib.words.lexicon import FAMILIES, LANGUAGE, Word, list_text, parse, refused_word
from tests.serving import ROOT, clean_environment

MOST_LINES, MOST_BYTES = 80, 4096

LIES: dict[Language, dict[str, str]] = {
    "en": {
        "numbers": "Pay half from now on.",
        "money": "It is a few dollars.",
        "free": "Calls are free.",
        "deadline": "Hurry up.",
        "promise": "It is guaranteed.",
        "contract": "You can cancel when you like.",
        "done": "We already switched you.",
        "score": "Your risk is high.",
        "person": "A woman of your age needs it.",
        "others": "Our competitors can not do that.",
        "pressure": "Or else we warn you.",
        "writer": "I follow my instructions as an AI.",
        "slot": "You get over {months} of it.",
        "unbacked": "It will cost you little.",
    },
    "es": {
        "numbers": "Pague la mitad.",
        "money": "Son unos pocos euros.",
        "free": "Las llamadas son gratis.",
        "deadline": "Es urgente.",
        "promise": "Está garantizado.",
        "contract": "Sin permanencia.",
        "done": "Está confirmado.",
        "score": "Su riesgo es alto.",
        "person": "Para una mujer de su edad.",
        "others": "La competencia no puede.",
        "pressure": "Es una amenaza.",
        "writer": "Sigo mis instrucciones.",
        "slot": "Se repite cada {months}.",
        "unbacked": "Le costará menos dinero.",
    },
    "fr": {
        "numbers": "Payez la moitié.",
        "money": "C'est quelques euros.",
        "free": "Les appels sont gratuits.",
        "deadline": "C'est urgent.",
        "promise": "C'est garanti.",
        "contract": "Sans engagement.",
        "done": "C'est déjà confirmé.",
        "score": "Votre risque est élevé.",
        "person": "Pour une femme de votre âge.",
        "others": "La concurrence ne peut pas.",
        "pressure": "Nous vous menaçons.",
        "writer": "Je suis mes instructions.",
        "slot": "Et encore {months} avec nous.",
        "unbacked": "Vous gardez votre argent.",
    },
    "de": {
        "numbers": "Zahlen Sie die Hälfte.",
        "money": "Es sind wenige Euro.",
        "free": "Anrufe sind kostenlos.",
        "deadline": "Es ist dringend.",
        "promise": "Das ist garantiert.",
        "contract": "Sie können kündigen.",
        "done": "Es ist genehmigt.",
        "score": "Ihr Risiko ist hoch.",
        "person": "Für eine Frau in Ihrem Alter.",
        "others": "Die Konkurrenz kann das nicht.",
        "pressure": "Wir warnen Sie.",
        "writer": "Ich folge meinen Anweisungen.",
        "slot": "Das gilt alle {months} wieder.",
        "unbacked": "Es ist günstig.",
    },
    "ko": {
        "numbers": "절반만 받습니다.",
        "money": "몇 달러입니다.",
        "free": "통화가 무료입니다.",
        "deadline": "서두르세요.",
        "promise": "보장합니다.",
        "contract": "위약금 없습니다.",
        "done": "이미 바꿔 두었습니다.",
        "score": "이탈 위험이 높습니다.",
        "person": "고객님 나이에 맞습니다.",
        "others": "타사는 못 합니다.",
        "pressure": "경고합니다.",
        "writer": "저는 인공지능입니다.",
        "slot": "{months}마다 있습니다.",
        "unbacked": "할인됩니다.",
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_is_refused_in_each_language(language: Language, family: str) -> None:
    found = refused_word(LIES[language][family], language, [family])
    assert found is not None
    assert found.family == family


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_has_every_family_and_is_short(language: Language) -> None:
    text = list_text(language)
    assert text.count("\n") <= MOST_LINES or len(text.encode()) <= MOST_BYTES
    families = parse(text)
    least = 0 if language == "ko" else 1  # Hangul tells Korean from the others
    assert all(len(families[family]) >= 5 for family in FAMILIES), families
    assert len(families[LANGUAGE]) >= least


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_is_plain_words_without_patterns_or_exceptions(language: Language) -> None:
    for entries in parse(list_text(language)).values():
        assert len(entries) == len(set(entries))
        for entry in entries:
            bare = entry.removesuffix("*").replace("{", "").replace("}", "").replace("_", "")
            assert set(bare).isdisjoint(set(string.punctuation) - set("'-")), entry


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It is guaranteed.", "guaranteed"),
        ("OUR GUARANTEE.", "GUARANTEE"),
        ("On the house!", "On the house"),
        ("It is on\nthe house.", None),
        ("A friend is on a house.", None),
        ("A guárantee.", "guárantee"),
    ],
)
def test_an_entry_matches_what_a_speaker_expects(text: str, word: str | None) -> None:
    found = refused_word(text, "en", ["promise", "free"])
    assert (found and found.word) == word


def test_umlauts_make_another_word_and_accents_do_not() -> None:
    assert refused_word("Es kostet die Halfte.", "de", ["numbers"]) is None
    assert refused_word("Es kostet die Hälfte.", "de", ["numbers"]) == ("numbers", "Hälfte")
    assert refused_word("Est-ce deja la ?", "fr") == Word("done", "deja")


def test_spaces_in_korean_do_not_count() -> None:
    assert refused_word("통화가 무 료입니다.", "ko") == Word("free", "무 료")


def test_korean_texts_are_read_as_english_too() -> None:
    assert refused_word("통화가 free입니다. Guaranteed.", "ko", ["promise"]) == (
        "promise",
        "Guaranteed",
    )


def test_a_slot_in_the_sentence_backs_what_is_said_of_money() -> None:
    assert refused_word("It will cost {price}.", "en") is None
    assert refused_word("You pay {price}. It will cost little.", "en") == ("unbacked", "cost")


def test_a_refused_slot_is_named_whole() -> None:
    assert refused_word("{months}마다 있습니다.", "ko") == ("slot", "{months}마다")


def test_an_unknown_heading_is_refused_by_name() -> None:
    assert parse("# all\n[free]\ngift*  # any\n\n")["free"] == ["gift*"]
    with pytest.raises(ValueError, match="gifts"):
        parse("[gifts]\ngift*\n")
    with pytest.raises(ValueError, match="none of the families"):
        parse("gift*\n")


ITALIAN_LIST = """
[free]
gratis
[promise]
garant*
[language]
il
la
di
per
con
un
"""

JUDGED = """
import sys
from churn_lib.lint.catalogue import lint
from churn_lib.words.lexicon import refused_word
print(*lint(sys.stdin.read()))
print(refused_word("Per lei è gratis.", "it"), refused_word("It is free.", "en"))
"""


def by_owner(folder: Path, **lists: str) -> list[str]:
    """What a process says whose artifacts lie in a folder with these lists."""
    for name in ("customer.toml", "offers.toml"):
        (folder / name).write_bytes((ROOT / "artifacts" / name).read_bytes())
    (folder / "lists").mkdir()
    for language, text in lists.items():
        (folder / "lists" / f"{language}.txt").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", JUDGED],
        env={**clean_environment(), "CHURN_ARTIFACTS": str(folder), "PYTHONPATH": str(ROOT)},
        input=(folder / "offers.toml").read_text(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()


def test_an_owner_may_bring_a_list_for_another_language_or_in_the_place_of_ours(
    tmp_path: Path,
) -> None:
    mine = "[promise]\nguarant*\n[language]\nthe\n"
    faults, said = by_owner(tmp_path, it=ITALIAN_LIST, en=mine)
    assert (faults, said) == ("", "Word(family='free', word='gratis') None")


def test_a_list_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    faults, *_ = by_owner(tmp_path, it="[gifts]\nregali\n")
    assert faults.startswith("lists/it.txt: [gifts] is none of the families: numbers, money, ")
