"""What the text of a scorecard's terms says, read without the reader that serves."""

import json
from bisect import bisect_left
from collections.abc import Mapping
from typing import TypedDict

import numpy as np
import polars as pl

from churn_lib.training.learner import Terms

Value = float | str | None
Values = list[float] | list[list[float]]


class Axis(TypedDict, total=False):
    edges: list[float]
    groups: list[list[str]]
    other: int
    unknown: int


class Term(TypedDict, total=False):
    kind: str
    feature: str
    features: list[str]
    points: dict[str, float]
    edges: list[float]
    axes: list[Axis]
    values: Values
    other: float
    unknown: float


def log_odds(told: Terms, frame: pl.DataFrame) -> list[float]:
    """The log-odds of each customer."""
    terms: list[Term]
    intercept, terms = json.loads(json.dumps(told))
    rows = [*frame.iter_rows(named=True)]
    return [intercept + sum(effect(term, row) for term in terms) for row in rows]


def effect(term: Term, row: Mapping[str, Value]) -> float:
    if term["kind"] == "table":
        axes = zip(term["axes"], term["features"], strict=True)
        states = tuple(state(axis, row[name]) for axis, name in axes)
        return 0.0 if None in states else float(np.array(term["values"])[states])
    value = row[term["feature"]]
    if value is None:
        return term.get("unknown", 0.0)
    if term["kind"] == "steps":
        return float(np.array(term["values"])[bisect_left(term["edges"], float(value))])
    return term["points"].get(str(value), term.get("other", 0.0))


def state(axis: Axis, value: Value) -> int | None:
    if value is None:
        return axis.get("unknown")
    if "edges" in axis:
        return bisect_left(axis["edges"], float(value))
    found = [k for k, group in enumerate(axis["groups"]) if value in group]
    return found[0] if found else axis.get("other")
