"""Asks for what is missing: label, allowed values, and the reason when an answer is not allowed."""

import json
from collections.abc import Callable, Iterator, Mapping

from rich.text import Text

from churn_lib.customer.model import (
    ABSENT,
    ATTRIBUTES,
    LEVELS,
    RANGES,
    WITHOUT,
    Customer,
    allowed,
    how_made,
    phrase,
)
from churn_lib.customer.reading import meant, number, parse_json
from churn_lib.errors import InputError

Values = Mapping[str, object]
Show = Callable[[Text], None]
ReadLine = Callable[[], str]

SHORT = 50
"""Characters of levels that are shown on one line; longer ones get a line each."""


def complete(given: Values, show: Show, read_line: ReadLine) -> dict[str, object]:
    """The given attributes, and those that are missing or wrong asked for, in published order.

    What follows from another answer is not asked: without internet service there are no internet
    add-ons. `show` prints a line, `read_line` returns one that was typed; whatever it raises ends
    the questions.
    """
    values = dict(given)
    # What may be left out is asked for only when something else must be.
    if all(fault(name, values) is None for name in _questions(values)):
        return values
    for name in _questions(values):
        wrong = fault(name, values)
        if wrong is not None and name in values:
            show(_refusal(name, wrong))
        if wrong is not None or name not in values:
            values |= _ask(name, show, read_line)
    return meant(Customer, values)


def fault(name: str, values: Values) -> str | None:
    """Why the field's value is not allowed by itself; None when it is."""
    try:
        parse_json(Customer, json.dumps({name: values[name]} if name in values else {}))
    except InputError as error:
        faults = dict(error.faults)
        return faults.get(name, faults.get("(body)"))  # the terminal may send what is no text
    return None


def choices(name: str) -> tuple[str | int, ...]:
    """The levels to choose from when the question is asked at all."""
    absent = ABSENT[name][1] if name in ABSENT else None
    return tuple(level for level in LEVELS.get(name, ()) if level != absent)


def understood(name: str, text: str) -> object:
    """The value that is meant: a number, or a level by its name, beginning or place in the list.

    An answer that means nothing, or two things, comes back as it is.
    """
    value = meant(Customer, {name: text}).get(name, text)
    levels = choices(name)
    if name in RANGES or value in levels:
        return value
    place = number(text)
    if isinstance(place, int) and 1 <= place <= len(levels) and isinstance(levels[0], str):
        return levels[place - 1]
    starts = [level for level in levels if str(level).casefold().startswith(text.casefold())]
    return starts[0] if len(starts) == 1 else text


def _questions(values: Values) -> Iterator[str]:
    """The attributes that are to be asked, seen one after the other as `values` fills."""
    for name in ATTRIBUTES:
        if ATTRIBUTES[name].protected and _optional(name):
            continue  # nobody has to invent what is used for nothing
        parent, _ = ABSENT.get(name, ("", None))
        if not parent or values.get(parent) != WITHOUT[parent]:
            yield name


def question(name: str) -> Text:
    """The label and what may be answered: numbered levels, or the range of a number."""
    label = Text(ATTRIBUTES[name].label, style="bold")
    if name in RANGES:
        return Text.assemble(label, f"  {allowed(name)}{_otherwise(name)}")
    options = [Text.assemble((key, "cyan"), f" {level}") for key, level in _keyed(name)]
    if sum(len(choice) for choice in options) > SHORT:
        return Text("\n  ").join([label, *options]) + Text(_otherwise(name))
    return Text.assemble(label, "  ", Text("   ").join(options), _otherwise(name))


def _otherwise(name: str) -> str:
    """What a line without an answer means, where one is allowed."""
    return f"; Enter: {how_made(name) or 'not known'}" if _optional(name) else ""


def _keyed(name: str) -> Iterator[tuple[str, str]]:
    """What to type for each level, and its meaning: the place of a name, a number itself."""
    for place, level in enumerate(choices(name), start=1):
        yield (str(place), level) if isinstance(level, str) else (str(level), phrase(name, level))


def _ask(name: str, show: Show, read_line: ReadLine) -> dict[str, object]:
    show(question(name))
    while True:
        text = read_line().strip()
        if not text and _optional(name):
            return {}
        value = understood(name, text)
        wrong = fault(name, {name: value})
        if wrong is None:
            return {name: value}
        show(_refusal(name, wrong))


def _refusal(name: str, wrong: str) -> Text:
    return Text(f"{ATTRIBUTES[name].label} {wrong}", style="red")


def _optional(name: str) -> bool:
    return not Customer.model_fields[name].is_required()
