"""Turns a fitted pipeline into the scorecard: the same probabilities as plain numbers."""

import json
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sklearn.pipeline import Pipeline

from churn_lib.customer.model import ABSENT, LEVELS
from churn_lib.score.terms import Card, read_card
from churn_lib.training.features import Floats

DECIMALS = 12
"""Numbers are rounded so: 1e-11 in a logit at most, and the file is the same on any processor."""

Level = str | int


def compile_card(pipeline: Pipeline) -> Card:
    """The scorecard of a fitted pipeline of `features.build`.

    Every term has the mean 0 over the customers it was fitted to, and a service that needs another
    one has the effect 0 where that other one is absent: it is then told once, by the other one.
    Neither changes a probability. Raises ArtifactError when serving would refuse the scorecard.
    """
    weights, means, base = _weights(pipeline)
    levels = {name: _by_level(name, weights[name]) for name in weights if name in LEVELS}
    shares = {name: _by_level(name, means[name]) for name in levels}
    _fold(levels, shares)
    weights |= {name: np.array([*points.values()]) for name, points in levels.items()}
    # What centring takes from the terms goes to the intercept, so that no probability changes.
    offsets = {name: float(np.dot(means[name], weights[name])) for name in weights}
    terms = [_term(name, pipeline, weights[name] - offsets[name]) for name in weights]
    card = {"intercept": round(base + sum(offsets.values()), DECIMALS), "terms": terms}
    return read_card(json.dumps(card).encode())


def _weights(pipeline: Pipeline) -> tuple[dict[str, Floats], dict[str, Floats], float]:
    """The log-odds of each term's columns before scaling, the columns' means, and the intercept."""
    scale, model = pipeline.named_steps["scale"], pipeline.named_steps["model"]
    weights = model.coef_[0] / scale.scale_
    places = pipeline.named_steps["terms"].output_indices_
    names = [name for name in places if name != "remainder"]
    base = float(model.intercept_[0] - np.dot(weights, scale.mean_))
    by_term = {name: weights[places[name]] for name in names}
    return by_term, {name: scale.mean_[places[name]] for name in names}, base


def _by_level(name: str, numbers: Floats) -> dict[Level, float]:
    return dict(zip(LEVELS[name], numbers.tolist(), strict=True))


def _fold(
    levels: Mapping[str, dict[Level, float]], shares: Mapping[str, Mapping[Level, float]]
) -> None:
    """Moves what a parent's absence says to the parent, and centres the rest over the others."""
    for name, (parent, absent) in ABSENT.items():
        points, others = levels[name], [level for level in LEVELS[name] if level != absent]
        weight = sum(shares[name][level] for level in others)
        total = sum(shares[name][level] * points[level] for level in others)
        mean = total / weight if weight else 0.0
        for level in levels[parent]:
            levels[parent][level] += points[absent] if level == "No" else mean
        points.update({level: points[level] - mean for level in others}, **{absent: 0.0})


def _term(name: str, pipeline: Pipeline, values: Floats) -> dict[str, object]:
    numbers = _rounded(values)
    if name in LEVELS:
        points = dict(zip(map(str, LEVELS[name]), numbers, strict=True))
        return {"kind": "levels", "feature": name, "points": points}
    transformer = pipeline.named_steps["terms"].named_transformers_[name]
    if " " not in name:
        knots = transformer.knots[:, 0].tolist()
        return {"kind": "curve", "feature": name, "knots": knots, "values": numbers}
    rows, columns = transformer.kw_args["rows"], transformer.kw_args["columns"]
    table = list(_split(numbers, len(columns)))
    return {"kind": "pair", "features": name.split(), "knots": [rows, columns], "values": table}


def _rounded(values: Floats) -> tuple[float, ...]:
    # Adding zero turns a negative zero into zero.
    return tuple(round(value, DECIMALS) + 0.0 for value in values.tolist())


def _split(numbers: Sequence[float], width: int) -> Iterator[tuple[float, ...]]:
    for start in range(0, len(numbers), width):
        yield tuple(numbers[start : start + width])
