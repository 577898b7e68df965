"""Made-up customers for the tests: valid ones, whole files of them, and all that hypothesis can
think of.
"""

import csv
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from churn_lib.customer.model import ABSENT, ATTRIBUTES, LEVELS, RANGES, Customer

Row = dict[str, str | int | float]

PRICES = {"DSL": 25.0, "Fiber optic": 50.0, "No": 0.0}
ADD_ON_PRICE = 6.5
NUMBERS: Mapping[str, tuple[float, ...]] = {
    "tenure": (*range(80), 120, 1200),
    "MonthlyCharges": (*np.linspace(0, 200, 161).tolist(), 10_000),
    "TotalCharges": (*np.linspace(0, 12_000, 161).tolist(), 12_000_000),
}
"""A dense grid of each number, and its highest allowed value."""

_ABSENT_LEVELS = {(name, absent) for name, (_, absent) in ABSENT.items()}

LAW: Mapping[tuple[str, str], float] = {
    ("Contract", "Month-to-month"): 0.9,
    ("Contract", "Two year"): -1.2,
    ("InternetService", "Fiber optic"): 0.8,
    ("InternetService", "No"): -0.8,
    ("PaymentMethod", "Electronic check"): 0.4,
    ("TechSupport", "Yes"): -0.4,
}
"""Log-odds by which some levels make a made-up customer leave."""


def random_customer(rng: np.random.Generator) -> Row:
    """A valid customer with a bill that fits the services."""
    row: Row = {name: levels[int(rng.integers(len(levels)))] for name, levels in LEVELS.items()}
    for name, (parent, absent) in ABSENT.items():
        row[name] = absent if row[parent] == "No" else str(rng.choice(["Yes", "No"]))
    add_ons = sum(row[name] == "Yes" for name in ABSENT)
    phone = 20.0 if row["PhoneService"] == "Yes" else 0.0
    price = phone + PRICES[str(row["InternetService"])] + ADD_ON_PRICE * add_ons
    months, bill = int(rng.integers(0, 73)), round(price + float(rng.uniform(0, 5)), 2)
    total = round(bill * months * float(rng.uniform(0.9, 1.1)), 2)
    row |= {"tenure": months, "MonthlyCharges": bill, "TotalCharges": total}
    return {name: row[name] for name in ATTRIBUTES}


def probes(rng: np.random.Generator, count: int) -> list[Customer]:
    """Random customers, then one with each level of each attribute, then numbers inside and far
    outside the usual.
    """
    rows = [random_customer(rng) for _ in range(count)]
    whole = next(
        row for row in rows if row["PhoneService"] == "Yes" and row["InternetService"] != "No"
    )
    for name, levels in LEVELS.items():
        rows += [
            _without_absent({**whole, name: level})
            for level in levels
            if (name, level) not in _ABSENT_LEVELS
        ]
    for name, numbers in NUMBERS.items():
        rows += [{**row, name: number} for row in rows[:10] for number in numbers]
    return [Customer.model_validate(row) for row in rows]


def leaves(row: Row, rng: np.random.Generator) -> bool:
    """Whether a made-up customer leaves: new ones, monthly contracts and fibre more often than
    others.
    """
    logit = sum(effect for (name, level), effect in LAW.items() if row[name] == level)
    logit += 0.6 - 0.6 * math.log1p(float(row["tenure"]))
    return bool(rng.random() < 1 / (1 + math.exp(-logit)))


def synthetic_csv(path: Path, rows: int, rng: np.random.Generator) -> Path:
    """A file of made-up customers in the published columns; totals of new customers are blank as
    they are there.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["customerID", *ATTRIBUTES, "Churn"])
        writer.writeheader()
        for number in range(rows):
            row = random_customer(rng)
            total = " " if row["tenure"] == 0 else row["TotalCharges"]
            churn = "Yes" if leaves(row, rng) else "No"
            writer.writerow(
                {"customerID": f"made-up-{number}", **row, "TotalCharges": total, "Churn": churn}
            )
    return path


def customers() -> st.SearchStrategy[Row]:
    """Every valid customer, each number anywhere in its range."""
    levels = {
        name: st.sampled_from(options) for name, options in LEVELS.items() if name not in ABSENT
    }
    add_ons = {name: st.sampled_from(["Yes", "No"]) for name in ABSENT}
    numbers = {name: _numbers(name) for name in RANGES}
    return st.fixed_dictionaries({**levels, **add_ons, **numbers}).map(_without_absent)


def _numbers(name: str) -> st.SearchStrategy[int] | st.SearchStrategy[float]:
    lowest, highest = RANGES[name].ge, RANGES[name].le
    if Customer.model_fields[name].annotation is int:
        return st.integers(int(str(lowest)), int(str(highest)))
    return st.floats(float(str(lowest)), float(str(highest)))


def _without_absent(row: Row) -> Row:
    for name, (parent, absent) in ABSENT.items():
        if row[parent] == "No":
            row[name] = absent
    return {name: row[name] for name in ATTRIBUTES}
