"""Many customers at once: a quick path from the rows of parsed JSON to their probabilities.

It is made of the levels and ranges in `customer.py` and the terms of the scorecard, and answers
only for rows of which it is certain. Every other row goes through Pydantic's whole validation,
which decides and names the faults.
"""

import json
import math
from collections.abc import Mapping
from itertools import product
from operator import getitem, itemgetter

from pydantic_core import from_json, to_json

from churn_lib.customer.model import ABSENT, LEVELS, RANGES, Customer
from churn_lib.customer.reading import parse_json
from churn_lib.customer.request import PredictRequest
from churn_lib.errors import FieldFault, InputError, MalformedError
from churn_lib.score import scorecard
from churn_lib.score.scorecard import Scorecard, risk, sigmoid
from churn_lib.score.terms import Levels
from churn_lib.settings import Settings, settings

Row = Mapping[str, object]
"""One customer as parsed JSON; not checked."""

Answer = dict[str, object]
"""One customer's, ready for JSON."""

Effects = Mapping[object, float]
"""The log-odds of each level of an attribute."""

LARGEST_ROW = 64 * 1024
"""Bytes of one customer, as in a request of its own."""

MOST_BRACKETS = 50_000
"""Objects and arrays of one text: ten for each row of the largest batch."""

GAPS = (b" :", b"\t:", b"\n:", b"\r:")
"""What stands around the colon of a key, if not its closing quote."""

PARENTS = tuple(dict.fromkeys(parent for parent, _ in ABSENT.values()))
"""The attributes that decide how a `No` of another one is read."""

_CODED = tuple(
    name for name, levels in LEVELS.items() if all(type(level) is int for level in levels)
)
_BOUNDS = tuple(
    (
        name,
        Customer.model_fields[name].annotation is int,
        float(str(bounds.ge)),
        float(str(bounds.le)),
    )
    for name, bounds in RANGES.items()
)
_REQUIRED = sum(info.is_required() for info in Customer.model_fields.values())
_read_parents, _read_levels = itemgetter(*PARENTS), itemgetter(*LEVELS)


class Bulk:
    """Scores rows with a scorecard; the numbers are those of `Scorecard.score`, to the last bit."""

    def __init__(self, card: Scorecard, limits: Settings) -> None:
        self._scorecard, self._limits = card, limits
        self._intercept = card.card.intercept
        points = {term.feature: term.points for term in card.card.terms if isinstance(term, Levels)}
        self._tables = {
            levels: [
                _effects(name, dict(zip(PARENTS, levels, strict=True)), points.get(name, {}))
                for name in LEVELS
            ]
            for levels in product(*(LEVELS[parent] for parent in PARENTS))
        }
        self._curves = [term.effect() for term in card.card.terms if not isinstance(term, Levels)]

    def answer(self, row: object) -> Answer:
        """`churn_probability` and `risk` of a row, with its `customerID` if it has one. Raises
        InputError.
        """
        return self.quick(row) or self.full(checked(row))

    def full(self, customer: PredictRequest) -> Answer:
        """The answer for a row that was checked."""
        return self._answer(customer.customerID, self._scorecard.score(customer).probability)

    def quick(self, row: object) -> Answer | None:
        """The answer for a row that is certainly a valid customer; None leaves it to Pydantic."""
        if type(row) is not dict:
            return None
        try:
            if not _is_plain(row):
                return None
            effects = [
                self._intercept,
                *map(getitem, self._tables[_read_parents(row)], _read_levels(row)),
            ]
        except (KeyError, TypeError):  # a level that is missing, unknown, or no level at all
            return None
        numbers = _numbers(row)
        if numbers is None:
            return None
        effects += [curve(numbers) for curve in self._curves]
        return self._answer(row.get("customerID"), sigmoid(math.fsum(effects)))

    def _answer(self, identifier: str | None, probability: float) -> Answer:
        band = risk(probability, self._limits)
        if identifier is None:
            return {"churn_probability": probability, "risk": band}
        return {"customerID": identifier, "churn_probability": probability, "risk": band}


def _effects(name: str, parents: Mapping[str, object], points: Mapping[str, float]) -> Effects:
    """What each level adds that is allowed beside these parents; nothing where the score does not
    use the attribute.
    """
    parent, absent = ABSENT.get(name, ("", ""))
    effects = {level: points.get(str(level), 0.0) for level in LEVELS[name]}
    if parent and parents[parent] == "No":
        return {absent: effects[absent], "No": effects[absent]}
    return {level: effect for level, effect in effects.items() if level != absent}


def _numbers(row: Row) -> dict[str, float] | None:
    """The numbers of a row within their ranges, the total computed where it is left out; None when
    one is not.
    """
    numbers: dict[str, float] = {}
    for name, whole, lowest, highest in _BOUNDS:
        value = row.get(name)
        if type(value) is int or (type(value) is float and not whole):
            if not lowest <= value <= highest:
                return None
            numbers[name] = value
        elif value is not None or name != "TotalCharges":
            return None
        else:
            numbers[name] = numbers["tenure"] * numbers["MonthlyCharges"]
    return numbers


def _is_plain(row: Row) -> bool:
    """Whether there is nothing in the row but attributes and an identifier that is certainly
    allowed.
    """
    for name in _CODED:
        if type(row[name]) is not int:  # True and 1.0 are equal to 1
            return False
    known = _REQUIRED + ("TotalCharges" in row)
    if "customerID" in row:
        known += 1
        identifier = row["customerID"]
        if type(identifier) is not str or len(identifier) > 100 or not identifier.isprintable():
            return False
    return len(row) == known


def checked(row: object) -> PredictRequest:
    """The row as a request of its own would be taken. Raises InputError with the faults that one
    would be told.
    """
    body = to_json(row)
    if len(body) > LARGEST_ROW:
        raise InputError([FieldFault("(body)", f"must be at most {LARGEST_ROW} bytes")])
    return parse_json(PredictRequest, body)


def read(text: bytes) -> object:
    """Parsed JSON. Raises MalformedError, and InputError for brackets without end, which would take
    time and memory.
    """
    if len(text) > MOST_BRACKETS and text.count(b"{") + text.count(b"[") > MOST_BRACKETS:
        raise InputError(
            [FieldFault("(body)", f"must hold at most {MOST_BRACKETS} objects and arrays")]
        )
    try:
        return from_json(text)
    except ValueError:
        raise MalformedError([FieldFault("(body)", "must be JSON in UTF-8")]) from None


def read_row(text: bytes) -> object:
    """One row as parsed JSON, no key of it twice. Raises InputError."""
    row = read(text)
    refuse_repeats(text, len(row) if isinstance(row, dict) else 0)
    return row


def refuse_repeats(text: bytes, keys: int, colons: int = 0) -> None:
    """Raises MalformedError when an object in the text has the same key twice.

    keys: how many there are once the text is parsed; colons: how many of the texts in it are known
    to have. Each key that was lost has left its colon. Only where that can't be counted is all of
    it parsed again, slowly.
    """
    if text.count(b":") == keys + colons:
        return
    if text.count(b'":') == keys and not any(gap in text for gap in GAPS):
        return
    try:
        json.loads(text, object_pairs_hook=_unique)
    except ValueError:
        raise MalformedError(
            [FieldFault("(body)", "must not have the same key twice in one object")]
        ) from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


_shared: list[Bulk] = []


def shared() -> Bulk:
    """The one of this process. Raises ArtifactError and SettingsError."""
    if not _shared:
        _shared.append(Bulk(scorecard.shared(), settings()))
    return _shared[0]
