"""Texts in a spreadsheet: no cell is a formula; what comes back is taken whole or not at all."""

import csv
import io
from collections.abc import Callable

import pytest

from churn_lib.errors import InputError
from churn_lib.words import sheet
from churn_lib.words.texts import Bank, Key, Stored
from tests.churn_lib.words.banked import DESK, KEY, OTHER, SMS, draft, stored

KEYS = [KEY, SMS, OTHER]
BANK = Bank({key: stored(key) for key in KEYS})

Row = dict[str, str]


def rows(texts: list[Stored] | None = None) -> list[Row]:
    return list(csv.DictReader(io.StringIO(sheet.table(texts or list(BANK.texts.values()), DESK))))


def as_csv(changed: list[Row], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, sheet.COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(changed)
    return file.getvalue()


def taken(changed: list[Row], delimiter: str = ",") -> list[Stored]:
    return sheet.changes(as_csv(changed, delimiter), BANK, KEYS, DESK)


def faults(change: Callable[[list[Row]], object]) -> list[str]:
    found = rows()
    change(found)
    with pytest.raises(InputError) as caught:
        taken(found)
    return [": ".join(fault) for fault in caught.value.faults]


def test_what_is_exported_comes_back_unchanged() -> None:
    assert taken(rows()) == []


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_may_separate_cells_otherwise(delimiter: str) -> None:
    found = rows()
    found[0]["status"] = "Approved "
    (text,) = taken(found, delimiter)
    assert (text.key, text.status, text.edited) == (KEY, "approved", False)


def test_other_words_are_a_persons_and_have_no_remark_any_more() -> None:
    found = rows()
    found[0] |= {"headline": "A plan for you", "status": "approved"}
    (text,) = taken(found)
    assert (text.text.headline, text.status, text.edited) == ("A plan for you", "approved", True)
    assert text.claims is None


def test_the_example_is_the_text_as_a_customer_reads_it() -> None:
    example = rows()[0]["example"]
    assert example.startswith("An offer for you\n\nHere is our offer: $")
    assert "{" not in example


def test_a_warehouse_gets_approved_texts_as_they_are_read_but_no_sum_of_a_customers_own() -> None:
    unread = OTHER._replace(channel="sms")
    texts = [stored(KEY, "approved"), stored(OTHER, "approved"), stored(unread)]
    bank = Bank({text.key: text for text in texts})
    (row,) = csv.DictReader(io.StringIO(sheet.words([KEY, OTHER, unread], bank, DESK)))
    assert tuple(row.values())[:5] == OTHER
    assert row["message"].startswith("Here is our offer: 6 months, usually $5")
    assert "{" not in row["message"]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''=1"])
def test_no_cell_is_a_formula_and_none_is_changed_by_it(start: str) -> None:
    text = stored().model_copy(update={"text": draft(KEY).model_copy(update={"headline": start})})
    (row,) = rows([text])
    assert row["headline"] == f"'{start}"
    bank = Bank({KEY: text})
    assert sheet.changes(as_csv([row]), bank, KEYS, DESK) == []


def test_an_unknown_key_is_named_by_its_row() -> None:
    assert faults(lambda found: found[1].update(offer="no-such-offer")) == [
        "row 3, offer: is with this channel, language, tone and reason in no catalogue"
    ]


def test_a_key_without_a_text_and_a_stale_one_are_refused() -> None:
    stale = stored().model_copy(update={"offer_digest": "0" * 16})
    for bank in (Bank({}), Bank({KEY: stale})):
        with pytest.raises(InputError, match="write it anew"):
            sheet.changes(as_csv(rows()[:1]), bank, KEYS, DESK)


def test_a_key_that_stands_there_twice_is_refused() -> None:
    (fault,) = faults(lambda found: found.append(found[0]))
    assert fault.startswith("row 5, offer: is in an earlier row")


@pytest.mark.parametrize("message", ["Stay with us for less.", "Stay for {price_change} {credit}."])
def test_changed_slots_are_named_by_row(message: str) -> None:
    (fault,) = faults(lambda found: found[0].update(message=message))
    assert fault.startswith("row 2, message: is refused by the guard: slot-")
    assert "{price_change}, {months} once each" in fault


def test_words_that_the_guard_refuses_are_named_by_row() -> None:
    lie = "It is guaranteed for life: {price_change}, {months}."
    (fault,) = faults(lambda found: found[0].update(message=lie))
    assert fault.startswith("row 2, message: is refused by the guard: ")


@pytest.mark.parametrize(
    ("cell", "value"), [("status", "yes"), ("headline", ""), ("message", "x" * 2001)]
)
def test_a_cell_that_is_not_allowed_is_named_by_row(cell: str, value: str) -> None:
    (fault,) = faults(lambda found: found[2].update({cell: value}))
    assert fault.startswith(f"row 4, {cell}: ")


def test_all_faulty_rows_are_named_and_the_right_one_is_not_taken() -> None:
    def change(found: list[Row]) -> None:
        found[0]["status"] = "approved"
        found[1]["status"] = found[2]["status"] = "perhaps"

    assert [fault.split(",")[0] for fault in faults(change)] == ["row 3", "row 4"]


@pytest.mark.parametrize("content", ["", "\n", "offer,channel\n", "\x00", '"' + "x" * 200_000])
def test_what_is_no_such_table_is_refused(content: str) -> None:
    with pytest.raises(InputError):
        sheet.changes(content, BANK, KEYS, DESK)


def test_a_rejected_text_need_not_pass_the_guard() -> None:
    lie = draft(KEY).model_copy(update={"headline": "Free for life"})
    bank = Bank({KEY: stored().model_copy(update={"text": lie})})
    (row,) = rows(list(bank.texts.values()))
    (text,) = sheet.changes(as_csv([row | {"status": "rejected"}]), bank, KEYS, DESK)
    assert (text.status, text.text) == ("rejected", lie)
    with pytest.raises(InputError, match="guard"):
        sheet.changes(as_csv([row | {"status": "approved"}]), bank, KEYS, DESK)


def test_the_key_of_a_row_is_a_key() -> None:
    assert sheet.COLUMNS[:5] == Key._fields
