"""Turns a trained model into the scorecard: the same probabilities as plain numbers."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from churn_lib.customer.model import ABSENT, WITHOUT
from churn_lib.score.terms import Card, read_card
from churn_lib.training.effects import Single, nothing, rounded, single
from churn_lib.training.files import card_bytes
from churn_lib.training.made import words
from churn_lib.training.model import Model, numbers
from churn_lib.training.purify import purified, table
from churn_lib.training.ratios import with_ratios
from churn_lib.training.steps import Term

Singles = dict[str, Single]
"""The terms of one attribute, by that."""


def compile_card(model: Model, frame: pl.DataFrame) -> Card:
    """The scorecard of a model that was trained on this frame.

    Every term has the mean 0 over the frame, tables in each row and column, and a service that
    needs another one has the effect 0 where that other one is absent: it is then told once, by the
    other one. Neither changes a probability. Raises ArtifactError when serving would refuse the
    scorecard.
    """
    with threadpool_limits(1):  # else sums, and so the bytes, would depend on the cores
        return read_card(card_bytes(compiled(model, frame)))


def compiled(model: Model, frame: pl.DataFrame) -> dict[str, object]:
    """What the file is to hold."""
    trained = _trained(frame)
    frame = with_ratios(frame, model.ratios)
    intercept, terms = model.fitted.terms()
    singles, tables = _pure(terms, frame)
    _fold(singles, frame)
    means = {name: _mean(term, frame) for name, term in singles.items()}
    # What centring takes from the terms goes to the intercept, so that no probability changes.
    centred = [singles[name].shifted(-mean).card() for name, mean in means.items()]
    card = {
        "schema_version": 1,
        "intercept": rounded(math.fsum([intercept, *means.values()])),
        "terms": [*centred, *(table.card() for table in tables)],
        "made": {ratio.name: words(ratio, frame[ratio.name]) for ratio in model.ratios},
        "trained": trained,
    }
    return {name: part for name, part in card.items() if part != {}}


def _pure(terms: Iterable[Mapping[str, object]], frame: pl.DataFrame) -> tuple[Singles, list[Term]]:
    """The terms of one attribute, in the frame's order, and those of two, of which each says only
    what neither of its attributes says alone.
    """
    found: Singles = {}
    tables: list[Term] = []
    for term in terms:
        pure = purified(table(term), frame) if term["kind"] == "table" else None
        tables += [pure.table] if pure else []
        for part in pure.margins if pure else [single(term)]:
            before = found.get(part.feature)
            found[part.feature] = before.plus(part) if before else part
    # A service whose absence others say must be able to say it itself.
    parents = {ABSENT[name][0] for name in found if name in ABSENT} - {*found}
    found |= {name: nothing(name) for name in parents if name in frame.columns}
    return {name: found[name].complete() for name in frame.columns if name in found}, tables


def _trained(frame: pl.DataFrame) -> dict[str, list[float]]:
    """The lowest and the highest of each number."""
    known = {name: frame[name].drop_nulls().to_numpy() for name in numbers(frame)}
    return {name: [float(x.min()), float(x.max())] for name, x in known.items() if len(x)}


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
