"""A schema that somebody has edited, and a file of customers: what the file holds that the schema
does not allow, and what is new in it. Every line stays as it is; what is added is a comment.
"""

import re
from collections.abc import Iterator

import numpy as np

from churn_lib.customer.schema import Attribute, Schema
from churn_lib.customer.spelling import plain
from churn_lib.propose.column import Column, in_rows
from churn_lib.propose.doubts import TARGET, Doubt, Weight
from churn_lib.propose.phrases import NO, YES, of_levels
from churn_lib.propose.proposal import Proposal
from churn_lib.propose.toml import attribute, digits, quoted

MOST_SHOWN = 5
"""Levels that a sentence lists."""


def names_of(schema: Schema) -> dict[str, str]:
    """The name of each attribute, by its headings as `plain` has them."""
    return {
        plain(text) or text: name
        for name, note in schema.attributes.items()
        if note.asked
        for text in (name, note.column)
    }


def contradictions(schema: Schema, proposal: Proposal) -> Iterator[Doubt]:
    """What the file holds that the schema does not allow."""
    columns = _columns(schema, proposal)
    yield from _of_target(schema, proposal)
    for name, note in schema.attributes.items():
        if name in columns:
            for text in _faults(columns[name], note):
                yield Doubt(Weight.SCHEMA, name, text)
        elif note.asked and note.required:
            yield Doubt(Weight.SCHEMA, name, f"the file has no column {note.column}")


def extended(text: str, schema: Schema, proposal: Proposal, name: str) -> str:
    """The text of the schema with comments on what is new in the file of this name."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    for attribute_name, column in _columns(schema, proposal).items():
        new = _new_levels(column, schema.attributes[attribute_name])
        added = [line for line in new if line not in lines]
        header = re.compile(rf"\s*\[attributes\.[\"']?{attribute_name}[\"']?\]")
        places = [place for place, line in enumerate(lines) if header.match(line)]
        for place in places[:1]:
            lines[place + 1 : place + 1] = added
    blocks = [block for block in _new_columns(schema, proposal) if block[0] not in lines]
    if blocks:
        lines += [f"# New in {name}: take the # away from what shall be used."]
        lines += [*(line for block in blocks for line in ("#", *block)), ""]
    return end.join(lines)


def told(schema: Schema, proposal: Proposal) -> list[Doubt]:
    """What is to be said of an edited schema, the worst first: nothing that was said before."""
    names = names_of(schema)
    spoken_of = {*names, *(plain(text) or text for text in schema.ignored)}
    doubts = [*contradictions(schema, proposal)]
    for doubt in proposal.doubts:
        heading = plain(doubt.subject) or doubt.subject
        if doubt.weight == Weight.LEAK and heading in names:
            doubts.append(doubt._replace(text=f"is used: {doubt.text.removeprefix('left out: ')}"))
        elif doubt.weight in {Weight.TARGET, Weight.FILE}:
            doubts.append(doubt)
        elif doubt.weight in {Weight.LEAK, Weight.LEFT_OUT} and heading not in spoken_of:
            doubts.append(doubt._replace(text=f"new, and {doubt.text}"))
    for use in proposal.uses:
        if (plain(use.column.heading) or use.column.heading) not in spoken_of:
            text = "new: stands at the end of the schema, as a comment"
            doubts.append(Doubt(Weight.SCHEMA, use.column.heading, text))
    return sorted(doubts, key=lambda doubt: doubt.weight)


def _columns(schema: Schema, proposal: Proposal) -> dict[str, Column]:
    """The column of each attribute that the file has."""
    names = names_of(schema)
    found = {names.get(plain(one.heading) or one.heading): one for one in proposal.columns}
    return {name: found[name] for name in schema.attributes if name in found}


def _of_target(schema: Schema, proposal: Proposal) -> Iterator[Doubt]:
    target, answer = schema.target, proposal.answer
    if plain(target.column) != plain(answer.column):
        text = f"the schema says {target.column}, and --target {answer.column}"
        yield Doubt(Weight.SCHEMA, TARGET, text)
        return
    gone, here = ({text.casefold() for text in side} for side in (target.left, target.stayed))
    if strange := [
        text for text in (answer.gone, *answer.here) if text.casefold() not in gone | here
    ]:
        text = f"{target.column} has values that are not in the schema: {_listed(strange)}"
        yield Doubt(Weight.SCHEMA, TARGET, text)


def _faults(column: Column, note: Attribute) -> Iterator[str]:
    if column.blanks and note.required and note.blank is None:
        yield f"is blank in {in_rows(column.blanks)}: give it `unknown`, or `blank`"
    if note.levels:
        strange = _unlisted(column, note)
        if count := sum(strange.values()):
            yield f"has levels that are not listed, in {in_rows(count)}: {_listed([*strange])}"
    elif column.numbers is None:
        yield "is a number, and the file holds other texts"
    else:
        yield from _outside(column, note)


def _outside(column: Column, note: Attribute) -> Iterator[str]:
    known = column.x[~column.blank]
    allowed = f"{digits(float(note.low))} to {digits(float(note.high))}"
    if count := int(np.sum((known < note.low) | (known > note.high))):
        found = f"{digits(float(known.min()))} to {digits(float(known.max()))}"
        yield f"is outside {allowed} in {in_rows(count)}: the file has {found}"
    if note.whole and (count := int(np.sum(known != np.round(known)))):
        yield f"is no whole number in {in_rows(count)}"


def _unlisted(column: Column, note: Attribute) -> dict[str, int]:
    """The rows of each level that is not allowed."""
    known = {plain(str(level)) or str(level) for level in note.levels}
    if not known.isdisjoint(YES) and not known.isdisjoint(NO):
        known |= YES | NO
    return {
        text: int(rows)
        for text, rows in zip(column.texts, column.counts, strict=True)
        if rows and (plain(text) or text) not in known and not note.other
    }


def _new_levels(column: Column, note: Attribute) -> Iterator[str]:
    if note.levels:
        phrases = of_levels(column)
        for text in _unlisted(column, note):
            yield f"# not listed, and in the data: [{quoted(text)}, {quoted(phrases[text])}]"


def _new_columns(schema: Schema, proposal: Proposal) -> Iterator[list[str]]:
    """The lines of each attribute that the schema does not speak of, as comments."""
    known = {*names_of(schema), *(plain(text) or text for text in schema.ignored)}
    known |= {plain(text) for text in (schema.identifier, schema.target.column) if text}
    for use in proposal.uses:
        if (plain(use.column.heading) or use.column.heading) not in known:
            yield [f"# {line}" for line in attribute(use, proposal)]


def _listed(texts: list[str]) -> str:
    more = len(texts) - MOST_SHOWN
    return ", ".join(map(repr, texts[:MOST_SHOWN])) + (f" and {more} more" if more > 0 else "")
