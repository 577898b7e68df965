"""Made-up customers of any company, as its own file would hold them."""

import csv
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from churn_lib.customer.schema import Attribute, Schema

Row = dict[str, object]

FILES = Path(__file__).parent / "data" / "companies"


def made_up(schema: Schema, rows: int, rng: np.random.Generator) -> list[Row]:
    """Customers by the names of the attributes; None for what is not known, or left out."""
    law = {name: float(rng.normal()) for name in schema.attributes}
    found = [_customer(schema, rng) for _ in range(rows)]
    for row in found:
        row[schema.target.column] = _leaves(schema, row, law, rng)
    return found


def write(schema: Schema, rows: list[Row], path: Path) -> Path:
    """A CSV file under the company's own headings, with an identifier where it has one."""
    columns = {name: one.column for name, one in schema.attributes.items() if one.asked}
    named = [schema.identifier] if schema.identifier else []
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*named, *columns.values(), schema.target.column])
        for number, row in enumerate(rows):
            texts = [_text(schema, name, row[name]) for name in columns]
            who = [f"made-up-{number}"] if named else []
            writer.writerow([*who, *texts, row[schema.target.column]])
    return path


def _customer(schema: Schema, rng: np.random.Generator) -> Row:
    asked = {name: one for name, one in schema.attributes.items() if one.asked}
    row: Row = {name: _value(one, rng) for name, one in asked.items()}
    for name, (parent, absent) in schema.absent.items():
        without = row[parent] == schema.without[parent]
        others = [level for level in asked[name].levels if level != absent]
        row[name] = absent if without else others[int(rng.integers(len(others)))]
    for name, one in asked.items():
        if one.made is not None:
            row[name] = one.made.of(row)
    return row


def _value(one: Attribute, rng: np.random.Generator) -> object:
    if one.levels:
        return one.levels[int(rng.integers(len(one.levels)))]
    bounds = sorted(float(bound) for bound in one.phrases)
    top = min(one.high, bounds[-1] * 1.5 + 1)
    value = float(rng.uniform(one.low, top))
    return round(value) if one.whole else round(value, 2)


def _leaves(
    schema: Schema, row: Mapping[str, object], law: Mapping[str, float], rng: np.random.Generator
) -> str:
    logit = -0.8
    for name, one in schema.attributes.items():
        if one.protected or name not in row:
            continue
        value = row[name]
        if one.levels:
            logit += law[name] * (one.levels.index(value) % 2 - 0.5)
        elif isinstance(value, int | float):
            middle = max(float(bound) for bound in one.phrases)
            logit += law[name] * math.tanh((value - middle) / (abs(middle) + 1))
    left = rng.random() < 1 / (1 + math.exp(-logit))
    return (schema.target.left if left else schema.target.stayed)[0]


def _text(schema: Schema, name: str, value: object) -> object:
    """As the company's file has it: what a blank means is left blank."""
    return "" if value is None or value == schema.attributes[name].blank else value
