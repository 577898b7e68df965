"""One customer, as `customer.toml` describes one; all that knows attributes is derived from it.

Command-line options, the training columns, request validation, reasons and documents follow from
`Customer` and from what stands here.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Literal, Self, TypeVar

from annotated_types import Interval, Len
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from churn_lib.customer.contact import integral
from churn_lib.customer.schema import ARTIFACTS, CUSTOMER, Attribute, Kind, Level
from churn_lib.customer.schema_file import load
from churn_lib.customer.spelling import plain, stands_for_none
from churn_lib.errors import FieldFault

SCHEMA = load(ARTIFACTS / CUSTOMER)
"""The schema in force in this process."""

NOTES: Mapping[str, Attribute] = SCHEMA.attributes
"""All attributes, those that are worked out among them, in the order of the file."""

ATTRIBUTES: Mapping[str, Attribute] = {name: note for name, note in NOTES.items() if note.asked}
"""The attributes that a caller gives."""

FEATURES: tuple[str, ...] = tuple(name for name, note in NOTES.items() if not note.protected)
"""What the score uses: all but the protected attributes."""

LEVELS: Mapping[str, tuple[Level, ...]] = {
    name: note.levels for name, note in NOTES.items() if note.levels
}
"""The levels of each categorical attribute."""

NUMBERS: Mapping[str, Attribute] = {name: note for name, note in NOTES.items() if not note.levels}
"""The numeric attributes, those that are worked out among them."""

RANGES: Mapping[str, Interval] = {
    name: Interval(ge=note.low, le=note.high) for name, note in NUMBERS.items() if note.asked
}
"""Lowest and highest allowed value of each numeric attribute that a caller gives."""

ABSENT: Mapping[str, tuple[str, Level]] = SCHEMA.absent
"""For each service that needs another one: that other one, and the level that says it is absent."""

WITHOUT: Mapping[str, Level] = SCHEMA.without
"""For each service that another one needs: its level that says that it is absent itself."""

LONGEST_LEVEL = 100
"""Characters of a level that is not listed, where such are allowed."""

MOST_NAMED = 30
"""Levels that a sentence lists."""

NO = "No"
"""Where a level says that another service is absent, this one is taken for it."""

MADE_BY: Mapping[Kind, str] = {"product": " times ", "sum": " plus ", "ratio": " by "}

Value = Level | float | None
Values = Mapping[str, Value]
Bands = Sequence[tuple[float, str]]
"""Lower bounds with the words for what lies above them, the highest first."""
Base = TypeVar("Base", bound=BaseModel)

_MADE = {name: note.made for name, note in NOTES.items() if note.made is not None and note.asked}
_BANDS: Mapping[str, Bands] = {
    name: [(float(bound), text) for bound, text in note.phrases.items()][::-1]
    for name, note in NUMBERS.items()
}


def _as_listed(levels: tuple[Level, ...], value: str) -> str:
    """A level that is not listed; one that is, spelled as there."""
    spelled = map(plain, map(str, levels))
    if value not in levels and (stands_for_none(value) or plain(value) in spelled):
        raise ValueError("another spelling of a level, or of none")
    return value


def with_attributes(base: type[Base]) -> type[Base]:
    """The same model with a field for each attribute that a caller gives."""
    fields = {name: _field(note) for name, note in ATTRIBUTES.items()}
    # The fields are data: no overload of Pydantic's can know them, nor the type below.
    made: type[Base] = create_model(  # type: ignore[call-overload]
        base.__name__, __base__=base, __doc__=base.__doc__, __module__=base.__module__, **fields
    )
    return made


def _field(note: Attribute) -> tuple[object, object]:
    kind, checks = _kind(note)
    if note.required:
        return Annotated[(kind, *checks, note)], ...
    inner = Annotated[(kind, *checks)] if checks else kind
    return Annotated[(inner | None, note)], None  # type: ignore[operator]


def _kind(note: Attribute) -> tuple[object, list[object]]:
    """The type of a value, and what is checked of it."""
    if note.other:
        return str, [Len(1, LONGEST_LEVEL), AfterValidator(partial(_as_listed, note.levels))]
    if note.levels:
        whole = isinstance(note.levels[0], int)
        return Literal[note.levels], [BeforeValidator(integral)] if whole else []
    bounds = Interval(ge=note.low, le=note.high)
    return (int, [bounds, BeforeValidator(integral)]) if note.whole else (float, [bounds])


@with_attributes
class Customer(BaseModel):
    """One customer, checked.

    Strict: numbers are numbers and names and levels are spelled as published; `reading` puts all
    else into that form. A plain `No` where the published file says `No internet service` or `No
    phone service` is taken as that; contradictions are refused.
    """

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        values = self.__dict__
        contradictions = []
        for name, (parent, absent) in ABSENT.items():
            without, value = WITHOUT[parent], values[name]
            if values[parent] == without:
                if value not in (absent, NO, None):
                    contradictions.append(contradiction(name, value))
                values[name] = absent
            elif value == absent:
                contradictions.append(contradiction(name, value))
        if contradictions:
            raise PydanticCustomError(
                "contradiction", "values contradict each other", {"faults": contradictions}
            )
        for name, made in _MADE.items():
            if values[name] is None:
                values[name] = made.of(values)
        return self

    @property
    def bill(self) -> float:
        """What the customer pays a month, or everybody's average where no attribute says it."""
        role = SCHEMA.bill
        return float(self.__dict__[role]) if isinstance(role, str) else role

    def values(self) -> dict[str, Value]:
        """The checked values by name, with all that is worked out."""
        return {
            name: self.__dict__[name] if note.asked else value_of(name)(self.__dict__)
            for name, note in NOTES.items()
        }


def contradiction(name: str, value: Value) -> FieldFault:
    """What is said of a service that needs another one, and of which this can't be true."""
    parent, absent = ABSENT[name]
    joint = "unless" if value == absent else "when"
    return FieldFault(name, f"can't be {value!r} {joint} {parent} is {WITHOUT[parent]!r}")


def value_of(name: str) -> Callable[[Values], Value]:
    """What takes an attribute's value out of a customer's `__dict__`, or works it out there."""
    note = NOTES[name]
    if note.made is None or note.asked:
        return lambda values: values[name]
    return note.made.of


def may_lack(name: str) -> bool:
    """Whether an attribute's value may be not known."""
    note = NOTES[name]
    if note.made is None:
        return not note.required
    return note.made.kind == "ratio" or any(map(may_lack, note.made.parts))


def how_made(name: str) -> str:
    """How an attribute is worked out, in words: "tenure times monthly charges"."""
    made = NOTES[name].made
    if made is None:
        return ""
    labels = [NOTES[part].label for part in made.parts]
    return MADE_BY[made.kind].join(f"{label[:1].lower()}{label[1:]}" for label in labels)


def example(**changes: object) -> Customer:
    """A plain customer with these values.

    The rest are the first levels, no service that needs another one, and the numbers at which the
    second band of each begins.
    """
    values = {name: _plainest(name) for name, note in ATTRIBUTES.items() if note.made is None}
    values |= changes
    for name, (parent, absent) in ABSENT.items():
        if values[parent] == WITHOUT[parent] and name not in changes:
            values[name] = absent
    return Customer.model_validate(values)


def _plainest(name: str) -> object:
    if name not in LEVELS:
        bands = _BANDS[name]
        value = bands[-2][0] if len(bands) > 1 else bands[-1][0]
        return int(value) if NOTES[name].whole else value
    levels = [level for level in LEVELS[name] if level != ABSENT.get(name, ("", None))[1]]
    return NO if name in ABSENT and NO in levels else levels[0]


def allowed(name: str) -> str:
    """What a field accepts, as the end of a sentence."""
    note = ATTRIBUTES[name]
    if note.levels:
        levels = [repr(level) for level in note.levels[:MOST_NAMED]]
        more = len(note.levels) - MOST_NAMED
        listed = ", ".join(levels) + (f" or {more} more" if more > 0 else "")
        return f"text, such as {listed}" if note.other else f"one of {listed}"
    kind = "a whole number" if note.whole else "a number"
    unit = f" ({note.unit})" if note.unit else ""
    return f"{kind} from {note.low} to {note.high}{unit}"


def phrase(name: str, value: Value) -> str:
    """What to say of a customer with this value, without any number: "is a new customer"."""
    note = NOTES[name]
    if value is None:
        return note.unknown or not_known(note.label)
    if name in LEVELS:
        return note.phrases.get(value) or note.other
    return in_band(_BANDS[name], float(value))


def not_known(label: str) -> str:
    """What to say of a value that is not known, where nobody has written words for it."""
    return f"has no known {label[:1].lower()}{label[1:]}"


def in_band(bands: Bands, number: float) -> str:
    """The words for a number; those of the lowest band also for what lies below it."""
    return next((text for bound, text in bands if bound <= number), bands[-1][1])


def describe(name: str, value: Value) -> str:
    """`phrase` with the number, where there is one: "is a new customer (month 2)"."""
    shown = NOTES[name].shown if value else ""  # a zero adds nothing to its phrase
    return f"{phrase(name, value)} ({shown.format(value)})" if shown else phrase(name, value)
