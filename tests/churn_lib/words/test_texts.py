"""The file of texts: what is read of it, what is kept, and which of its words may be served."""

import logging
from pathlib import Path

import pytest

from churn_lib.errors import ArtifactError
from churn_lib.offers.catalogue import parse
from churn_lib.offers.offer import Offer
from churn_lib.words import texts
from churn_lib.words.texts import TEXTS, Bank, Shelf, Stored, append, read, save, slots_agree
from tests.churn_lib.words.banked import DESK, KEY, OTHER, SMS, draft, stored
from tests.serving import ROOT

ANNUAL = DESK.offers[KEY.offer]


def changed(old: str, new: str) -> Offer:
    """The annual plan of a catalogue with this change."""
    text = (ROOT / "artifacts" / "offers.toml").read_text()
    assert old in text
    return next(o for o in parse(text.replace(old, new)).offers if o.id == KEY.offer)


def test_without_a_file_there_are_no_texts(tmp_path: Path) -> None:
    assert read(tmp_path / TEXTS) == Bank({})


def test_what_was_added_is_there_and_the_later_line_of_a_key_holds(tmp_path: Path) -> None:
    path = tmp_path / TEXTS
    for text in (stored(word="draft"), stored(OTHER), stored(word="text")):
        append(path, text)
    assert read(path).texts == {KEY: stored(word="text"), OTHER: stored(OTHER)}


def test_a_damaged_line_costs_that_line_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / TEXTS
    unknown = stored(SMS).line.replace(b'"status"', b'"state"')
    path.write_bytes(stored().line + b"{\n\xff\n" + unknown + b"\n" + stored(OTHER).line)
    found = read(path)
    assert (set(found.texts), list(found.damaged)) == ({KEY, OTHER}, [2, 3, 4])
    save(path, [stored(status="approved")])
    assert list(read(path).damaged.values()) == list(found.damaged.values())


def test_a_damaged_line_is_logged_once_in_a_process(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / TEXTS).write_bytes(b"secret words\n" + stored().line)
    shelf = Shelf(tmp_path)
    assert [set(shelf.refresh().texts) for _ in range(3)] == [{KEY}] * 3
    assert caplog.messages == ["texts.ndjson: 1 lines can't be read, the first is line 1"]


def test_a_line_that_was_cut_off_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / TEXTS
    path.write_bytes(stored().line[:50])
    append(path, stored(OTHER))
    assert set(read(path).texts) == {OTHER}


def test_a_line_that_is_too_long_is_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / TEXTS
    path.write_bytes(stored().line.rstrip() + b" " * texts.LONGEST_LINE + b"\n")
    assert list(read(path).damaged) == [1]


def test_a_file_that_is_too_large_is_not_read_and_costs_no_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (tmp_path / TEXTS).open("wb") as file:
        file.truncate(texts.MOST_BYTES + 1)
    with pytest.raises(ArtifactError, match="more than"):
        read(tmp_path / TEXTS)
    shelf = Shelf(tmp_path)
    assert [shelf.refresh(), shelf.refresh()] == [Bank({})] * 2
    assert [level for _, level, _ in caplog.record_tuples] == [logging.ERROR]


def test_a_folder_in_the_place_of_the_file_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / TEXTS).mkdir()
    assert Shelf(tmp_path).refresh() == Bank({})


def test_texts_that_come_later_are_read_and_those_before_stay_where_they_can_not_be(
    tmp_path: Path,
) -> None:
    shelf, path = Shelf(tmp_path), tmp_path / TEXTS
    assert (shelf.bank, shelf.refresh()) == (None, Bank({}))
    append(path, stored())
    assert set(shelf.refresh().texts) == {KEY}
    save(path, [stored(OTHER)])
    assert set(shelf.refresh().texts) == {KEY, OTHER}
    with path.open("wb") as file:
        file.truncate(texts.MOST_BYTES + 1)
    assert set(shelf.refresh().texts) == {KEY, OTHER}
    path.unlink()
    assert shelf.refresh() == Bank({})


@pytest.mark.parametrize("status", ["written", "rejected"])
def test_only_what_a_person_approved_is_served(status: str) -> None:
    text = stored().model_copy(update={"status": status})
    assert Bank({KEY: text}).approved(KEY, ANNUAL) is None
    approved = stored(status="approved")
    assert Bank({KEY: approved}).approved(KEY, ANNUAL) == approved.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Annual plan"', 'name = "Yearly plan"'),
        ("Your services stay exactly as they are", "Your services stay"),
    ],
)
def test_a_text_is_stale_once_its_owners_words_change(old: str, new: str) -> None:
    approved = Bank({KEY: stored(status="approved")})
    assert approved.approved(KEY, changed(old, new)) is None


def test_numbers_and_other_languages_make_no_text_stale() -> None:
    approved = Bank({KEY: stored(status="approved")})
    assert approved.approved(KEY, changed("percent = 10, months", "percent = 12, months"))
    assert approved.approved(KEY, changed('name = "Plan anual"', 'name = "Plan de un año"'))


@pytest.mark.parametrize(
    "parts",
    [
        {"message": "We have an offer for you."},
        {"message": "{price_change} {months} {months}"},
        {"message": "{price_change} {months} {credit}"},
        {"headline": "{credit}"},
        {"headline": "{Months}"},
    ],
)
def test_an_approved_text_with_other_slots_is_not_served(parts: dict[str, str]) -> None:
    text = stored(status="approved")
    text = text.model_copy(update={"text": text.text.model_copy(update=parts)})
    assert Bank({KEY: text}).approved(KEY, ANNUAL) is None


def test_slots_may_stand_in_other_parts_too() -> None:
    text = draft(KEY).model_copy(update={"headline": "Think of {months}"})
    assert slots_agree(text, DESK.facts(KEY).slots)


def test_a_line_holds_all_that_the_text_was_made_from() -> None:
    assert set(Stored.model_fields) >= {
        *("offer", "channel", "language", "tone", "reason", "text", "status", "edited"),
        *("claims", "offer_digest", "prompt_digest", "model", "day"),
    }
    assert Stored.model_validate_json(stored().line) == stored()
