"""Turns a trained model into the scorecard: the same probabilities as plain numbers."""

import json
import math
from dataclasses import replace

import numpy as np
import polars as pl

from churn_lib.customer.model import ABSENT, WITHOUT
from churn_lib.score.terms import Card, read_card
from churn_lib.training.effects import Single, rounded, single
from churn_lib.training.model import Model

Singles = dict[str, Single]
"""The terms of one attribute, by that."""


def compile_card(model: Model, frame: pl.DataFrame) -> Card:
    """The scorecard of a model that was trained on this frame.

    Every term has the mean 0 over the frame, and a service that needs another one has the effect 0
    where that other one is absent: it is then told once, by the other one. Neither changes a
    probability. Raises ArtifactError when serving would refuse the scorecard.
    """
    intercept, terms = model.fitted.terms()
    singles = {found.feature: found.complete() for found in map(single, terms)}
    _fold(singles, frame)
    means = {name: _mean(term, frame) for name, term in singles.items()}
    # What centring takes from the terms goes to the intercept, so that no probability changes.
    centred = [singles[name].shifted(-mean).card() for name, mean in means.items()]
    card = {"intercept": rounded(math.fsum([intercept, *means.values()])), "terms": centred}
    return read_card(json.dumps(card).encode())


def _mean(term: Single, frame: pl.DataFrame) -> float:
    return float(np.mean(term.effects(frame[term.feature])))


def _fold(singles: Singles, frame: pl.DataFrame) -> None:
    """Moves what a parent's absence says to the parent, and centres the rest over the others."""
    for name, (parent, level) in ABSENT.items():
        if name not in singles or parent not in singles:
            continue
        child, absent = singles[name], str(level)
        others = frame[name].filter(frame[name].ne_missing(absent))
        mean = float(np.mean(child.effects(others))) if len(others) else 0.0
        effect = child.values[child.levels.index(absent)]
        singles[name] = _with(child.shifted(-mean), absent, 0.0)
        told = singles[parent]
        without = str(WITHOUT[parent])
        base = told.values[told.levels.index(without)]
        singles[parent] = _with(told.shifted(mean), without, base + effect)


def _with(term: Single, level: str, value: float) -> Single:
    values = term.values.copy()
    values[term.levels.index(level)] = value
    return replace(term, values=values)
