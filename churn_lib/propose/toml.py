"""A proposal as the text of `customer.toml`, with each doubt at its line."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

import numpy as np

from churn_lib.propose.column import in_rows
from churn_lib.propose.doubts import BILL, FILE, TARGET, TENURE, TWINS
from churn_lib.propose.names import spoken
from churn_lib.propose.phrases import (
    Band,
    label,
    noun,
    of_levels,
    of_number,
    of_tenure,
    on_record,
    thirds,
)
from churn_lib.propose.proposal import Charges, Proposal, Use
from churn_lib.propose.services import Absence

WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
WIDEST = 100
MARGIN = 10
"""Numbers may be so many times the highest of the file."""

HEAD = """\
# The customers of {name}: what the score, the offers, the requests and the reasons may use.
# `churn init` proposed this from {rows:,} rows. Every line is yours to change, and stays as you
# leave it when `churn init` runs again.
#
# After a change:   churn schema lint      names every fault
#                   churn train FILE       values and attributes need a new scorecard, words do not
#
# levels    what a category may be, each with the words that follow "This customer ..."
# has       short for the levels Yes and No: "has phone service", "has no phone service"
# absent    one more level, of those who lack the service that this one needs; see `absent` below
# from, to  of a number: words from each value on; the first is the lowest that is allowed, `to` the
#           highest
# blank     what an empty cell means      unknown  words for a value that is not known
# missing   how it is worked out when it is left out      column  its heading in files
# protected is checked, and used for no score and no offer; it may be left out
# Words are said to people and to Gemini: no digits, no names, no judgements.
# docs/own-data.md has every field.
"""


def written(proposal: Proposal, name: str) -> str:
    """The text of the schema. name: of the file of customers."""
    head = HEAD.format(name=name, rows=len(proposal.answer.known))
    parts = [head, *_of_file(proposal), *_top(proposal), *_absent(proposal)]
    for use in proposal.uses:
        parts += ["", *attribute(use, proposal)]
    if proposal.parts.charges:
        parts += ["", *_sum(proposal.parts.charges)]
    return "\n".join([*parts, *_ignored(proposal)]) + "\n"


def _of_file(proposal: Proposal) -> Iterator[str]:
    """What is doubtful in the whole file, as a paragraph of comments."""
    if doubts := [*proposal.about(TWINS), *proposal.about(FILE)]:
        yield from (f"# {line}" for doubt in doubts for line in wrap(doubt, WIDEST - 2))
        yield ""


def _top(proposal: Proposal) -> Iterator[str]:
    yield 'version = "1.0.0"'
    speaker = f"business = {quoted(proposal.business)}"
    yield commented(speaker, "who speaks, in Gemini's prompt: is that you?")
    yield commented(f"target = {{ {_target(proposal)} }}", *proposal.about(TARGET))
    if proposal.parts.identifier:
        line = f"identifier = {quoted(proposal.parts.identifier)}"
        yield commented(line, *proposal.about(proposal.parts.identifier))
    yield commented(_bill(proposal), *proposal.about(BILL))
    if proposal.parts.tenure:
        yield f"tenure = {quoted(proposal.parts.tenure)}"
    for doubt in proposal.about(TENURE):
        yield f"# no tenure: {doubt}"


def _target(proposal: Proposal) -> str:
    found = proposal.answer
    gone, *here = _levels([found.gone, *found.here])
    stayed = here[0] if len(here) == 1 else f"[{', '.join(here)}]"
    return f"column = {quoted(found.column)}, left = {gone}, stayed = {stayed}"


def _bill(proposal: Proposal) -> str:
    bill = proposal.parts.bill
    return f"bill = {quoted(bill) if isinstance(bill, str) else f'{bill:.2f}'}"


def _absent(proposal: Proposal) -> Iterator[str]:
    names = {use.column.heading: use.name for use in proposal.uses}
    found = {
        use.absence.text: f"{{ {names[use.absence.parent.heading]} = {_without(use.absence)} }}"
        for use in proposal.uses
        if use.absence and not use.is_number
    }
    if found:
        yield ""
        yield "# Levels that say that another service is absent."
        pairs = [f"{quoted(level)} = {parent}" for level, parent in found.items()]
        yield f"absent = {{ {', '.join(pairs)} }}"


def _without(absence: Absence) -> str:
    return _levels(absence.parent.texts)[absence.parent.texts.index(absence.without)]


def attribute(use: Use, proposal: Proposal) -> Iterator[str]:
    """The lines of one attribute."""
    heading = use.column.heading
    yield commented(f"[attributes.{use.name}]", *proposal.about(heading))
    if use.name != heading:
        yield f"column = {quoted(heading)}"
    yield f"label = {quoted(label(heading))}"
    if use.protected:
        yield "protected = true"
    blanks = f"blank in {in_rows(use.column.blanks)}"
    if use.name == proposal.parts.bill and use.column.blanks:
        middle = digits(round(float(np.nanmedian(use.column.x)), 0 if use.column.whole else 2))
        yield commented(f"blank = {middle}", f"{blanks}: the middle, for a bill must be known")
    elif use.may_be_unknown:
        yield commented(f"unknown = {quoted(on_record(heading))}", blanks)
    yield from (_number(use, proposal) if use.is_number else _category(use))


def _category(use: Use) -> Iterator[str]:
    column, absence = use.column, use.absence
    phrases = of_levels(column)
    if absence and phrases.get(absence.text) == f"has {absence.text[:1].lower()}{absence.text[1:]}":
        del phrases[absence.text]  # the schema has these words for it
    what = noun(column.heading)
    if phrases == {"Yes": f"has {what}", "No": f"has no {what}"}:
        yield f"has = {quoted(what)}"
    elif phrases:
        pairs = zip(_levels(list(phrases)), phrases.values(), strict=True)
        yield from listed("levels", [f"[{level}, {quoted(phrase)}]" for level, phrase in pairs])
    if absence:
        yield f"absent = {quoted(absence.text)}"
        if absence.blank:
            yield f"blank = {quoted(absence.text)}"


def _number(use: Use, proposal: Proposal) -> Iterator[str]:
    column = use.column
    numbers = column.x[~column.blank]
    low, high = float(min(numbers.min(), 0)), float(numbers.max())
    if column.whole:
        yield "whole = true"
    yield from _unit(use, proposal)
    if use.absence and use.name != proposal.parts.bill:
        yield "blank = 0"
    if use.product:
        yield f"missing = {{ product = [{', '.join(map(quoted, use.product))}] }}"
    low = -ceiling(-low) if low < 0 else 0.0
    yield f"to = {digits(ceiling(max(high, 0.1) * MARGIN))}"
    bands = of_tenure(column, low) if use.name == proposal.parts.tenure else of_number(column, low)
    yield from _from(bands)


def _unit(use: Use, proposal: Proposal) -> Iterator[str]:
    is_monthly = "month" in spoken(use.column.heading)
    if use.name == proposal.parts.tenure and is_monthly:
        yield 'unit = "months"'
        yield 'shown = "month {:.0f}"'
    elif use.name == proposal.parts.bill and is_monthly:
        yield 'unit = "currency per month"'
        yield 'shown = "{:,.2f} a month"'
    elif use.column.percent:
        yield 'unit = "percent"'


def _sum(charges: Charges) -> Iterator[str]:
    """A number that is always worked out."""
    yield f"[attributes.{charges.name}]"
    yield 'label = "Charges"'
    yield f"sum = [{', '.join(map(quoted, charges.parts))}]"
    yield from _from(thirds(charges.sums, 0.0, "charges"))


def _from(bands: Iterable[Band]) -> Iterator[str]:
    pairs = [f"[{digits(bound)}, {quoted(phrase)}]" for bound, phrase in bands]
    return listed("from", pairs)


def _ignored(proposal: Proposal) -> Iterator[str]:
    if not proposal.ignored:
        return
    yield ""
    why = "columns that are not used, and why; make one an attribute by moving it up"
    yield commented("[ignored]", why)
    for heading, reason in proposal.ignored.items():
        yield f"{quoted(heading)} = {quoted(reason)}"


def commented(line: str, *comments: str) -> str:
    """A line with what is to be said of it."""
    return f"{line:<35} # {'; '.join(comments)}" if comments else line


def listed(name: str, items: Sequence[str]) -> Iterator[str]:
    """A list on one line, where it is short enough, else an item a line."""
    line = f"{name} = [{', '.join(items)}]"
    if len(line) <= WIDEST:
        yield line
    else:
        yield f"{name} = ["
        yield from (f"  {item}," for item in items)
        yield "]"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _levels(texts: Sequence[str]) -> list[str]:
    """The levels as TOML: numbers, where all of them are whole ones."""
    whole = all(WHOLE.fullmatch(text) for text in texts)
    return [text if whole else quoted(text) for text in texts]


def ceiling(number: float) -> float:
    """The number with one digit, rounded up; above 0."""
    scale = 10.0 ** math.floor(math.log10(number))
    steps = math.ceil(number / scale)
    found = float(f"{steps * scale:.1g}")
    return found if found >= number else float(f"{(steps + 1) * scale:.1g}")


def digits(number: float) -> str:
    """A number as TOML, long ones with marks for thousands."""
    if not number.is_integer():
        return f"{number:.15g}"
    return f"{number:_.0f}" if abs(number) >= 10_000 else f"{number:.0f}"
