"""Texts as a table for a spreadsheet, and back: all of its rows, or none."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from pydantic import ValidationError

from churn_lib.customer.faults import field_faults
from churn_lib.errors import FieldFault, InputError
from churn_lib.gemini.prompt import Draft
from churn_lib.words.authoring import Desk
from churn_lib.words.compose import brief, filled, refusal
from churn_lib.words.guard import check_length
from churn_lib.words.template import follows_bill, needed, said
from churn_lib.words.texts import Bank, Key, Status, Stored

PARTS = tuple(Draft.model_fields)
COLUMNS = (*Key._fields, "status", *PARTS, "remark", "example")
"""`remark` and `example` are for reading: what stands there is not taken back."""

STATUSES: tuple[Status, ...] = get_args(Status)
DELIMITERS = ",;\t"
MOST_FAULTS = 20

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def table(texts: Iterable[Stored], desk: Desk) -> str:
    """The texts as CSV; no cell of it is a formula."""
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for text in texts:
        cells = [*text.key, text.status, *text.text.model_dump().values(), remark(text)]
        example = said(filled(text.text, desk.proposal(text.key)), text.channel)
        rows.writerow([_plain(cell) for cell in (*cells, example)])
    return written.getvalue()


def words(keys: Iterable[Key], bank: Bank, desk: Desk) -> str:
    """The approved texts as CSV for a warehouse, filled: valid for offers of the desk's day.

    Those that hold a sum of the customer's own are left out: only code can write it.
    """
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow((*Key._fields, *PARTS))
    for key in keys:
        proposal = desk.proposal(key)
        draft = bank.approved(key, proposal.offer)
        phrases = desk.catalogue.phrases_in(key.language)
        if draft and not follows_bill(needed(proposal.offer, key.language, key.channel), phrases):
            text = filled(draft, proposal)
            if check_length(said(text, key.channel), key.channel) is None:
                rows.writerow([*key, *text])
    return written.getvalue()


def remark(text: Stored) -> str:
    """What the second call found, in one line."""
    if text.claims is None:
        return "" if text.edited else "not judged"
    return f"not in the facts: {'; '.join(text.claims)}" if text.claims else ""


def changes(content: str, bank: Bank, keys: Iterable[Key], desk: Desk) -> list[Stored]:
    """The texts that a table changes. Raises InputError, which names each faulty row."""
    known, seen = frozenset(keys), set[Key]()
    changed, faults = list[Stored](), list[FieldFault]()
    for number, row in enumerate(_rows(content), 2):
        try:
            key = _key(row, known, seen)
            text = _changed(row, _current(key, bank, desk), desk)
        except InputError as error:
            faults += [FieldFault(f"row {number}, {name}", told) for name, told in error.faults]
            continue
        if text != bank.texts[key]:
            changed.append(text)
    if faults:
        rest = FieldFault("further rows", f"have {len(faults) - MOST_FAULTS} more faults")
        raise InputError([*faults[:MOST_FAULTS], *([rest] if len(faults) > MOST_FAULTS else [])])
    return changed


def _plain(cell: str) -> str:
    """The cell as text: a spreadsheet takes for a formula what begins like one."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _meant(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def _rows(content: str) -> Iterator[Mapping[str, str]]:
    """The rows by heading, cells that are missing as empty ones. Raises InputError."""
    first = content.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        headings, *rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    except (csv.Error, ValueError):
        raise _fault("(table)", "is no CSV with a row of headings") from None
    names = [heading.strip().lower() for heading in headings]
    missing = [name for name in COLUMNS[: len(COLUMNS) - 2] if names.count(name) != 1]
    if missing:
        raise _fault("row 1", f"must have the columns {', '.join(missing)} once each")
    for row in rows:
        cells = [_meant(cell) for cell in row] + [""] * (len(names) - len(row))
        yield dict(zip(names, cells, strict=False))


def _key(row: Mapping[str, str], known: frozenset[Key], seen: set[Key]) -> Key:
    cells = tuple(row[name].strip() for name in Key._fields)
    key = next((key for key in known if key == cells), None)
    if key is None:
        raise _fault("offer", "is with this channel, language, tone and reason in no catalogue")
    if key in seen:
        raise _fault("offer", "is in an earlier row with the same channel, language and so on")
    seen.add(key)
    return key


def _current(key: Key, bank: Bank, desk: Desk) -> Stored:
    found = bank.current(key, desk.offers[key.offer])
    if found is None:
        raise _fault("offer", "has no such text, or has changed since: write it anew")
    return found


def _changed(row: Mapping[str, str], text: Stored, desk: Desk) -> Stored:
    status = next((one for one in STATUSES if one == row["status"].strip().lower()), None)
    if status is None:
        raise _fault("status", f"must be one of {', '.join(STATUSES)}")
    draft = drafted({part: row[part] for part in PARTS})
    if draft != text.text or status == "approved":
        check(draft, text.key, desk)
    found = text if draft == text.text else with_words(text, draft)
    return found.model_copy(update={"status": status})


def with_words(text: Stored, draft: Draft) -> Stored:
    """The text with other words, which are a person's, and not yet approved."""
    changes = {"text": draft, "edited": True, "claims": None, "status": "written"}
    return text.model_copy(update=changes)


def drafted(parts: Mapping[str, str]) -> Draft:
    """The parts as a text. Raises InputError."""
    try:
        return Draft.model_validate(dict(parts))
    except ValidationError as error:
        raise InputError(field_faults(error, Draft)) from None


def check(draft: Draft, key: Key, desk: Desk) -> None:
    """Raises InputError when a text breaks a rule of the guard."""
    proposal = desk.proposal(key)
    wanted = brief(proposal, key)
    broken = refusal(draft, wanted, proposal)
    if broken is not None:
        slots = ", ".join(f"{{{slot}}}" for slot in wanted.slots)
        must = f"; its message needs {slots} once each" if broken.startswith("slot") else ""
        raise _fault("message", f"is refused by the guard: {broken}{must}")


def _fault(field: str, message: str) -> InputError:
    return InputError([FieldFault(field, message)])
