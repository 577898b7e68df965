"""What must not happen: signs that the figures are too good to be true."""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from churn_lib.report.evaluation import Canary, Leak
from churn_lib.training.baselines import encoder_of
from churn_lib.training.data import Dataset, Labels
from churn_lib.training.evaluate import Result
from churn_lib.training.folds import split
from churn_lib.training.learner import Rows

TREES = 100
AHEAD = 0.02
"""No honest score is so much better than the best of several tuned opponents."""

ERRORS = 3
"""So many standard errors from 0.5 may the AUC of shuffled labels be."""


def shuffled(dataset: Dataset, seed: int) -> Dataset:
    """The customers with each other's answers."""
    left = np.random.default_rng(seed).permutation(dataset.left)
    return dataclasses.replace(dataset, left=left)


def chance_error(left: Labels) -> float:
    """The standard error of the AUC where nothing can be learnt (Mann and Whitney 1947)."""
    stayed, gone = np.bincount(left, minlength=2).tolist()
    return float(((stayed + gone + 1) / (12 * stayed * gone)) ** 0.5)


def leak_of(dataset: Dataset, folds: int, seed: int) -> Leak:
    """What copying the rarer kind until both are as many does to a forest, when it is done before
    the split: the same customer is then learnt from and asked about.
    """
    copied = _copied(dataset.left, seed)
    return Leak(
        leaked=_forest(dataset.frame[copied], dataset.left[copied], folds, seed),
        honest=_forest(dataset.frame, dataset.left, folds, seed),
    )


def _copied(left: Labels, seed: int) -> Rows:
    counts = np.bincount(left, minlength=2)
    rare = np.flatnonzero(left == int(np.argmin(counts)))
    more = np.random.default_rng(seed).choice(rare, int(np.ptp(counts)))
    return np.concatenate([np.arange(len(left)), more])


def _forest(frame: pl.DataFrame, left: Labels, count: int, seed: int) -> float:
    folds = split(left, np.arange(len(left)), count, seed)
    with threadpool_limits(1):
        found = [_auc(frame, left, train, test, seed) for train, test in folds]
    return float(np.mean(found))


def _auc(frame: pl.DataFrame, left: Labels, train: Rows, test: Rows, seed: int) -> float:
    forest = RandomForestClassifier(TREES, random_state=seed, n_jobs=1)
    fitted = make_pipeline(encoder_of(frame, "passthrough"), forest).fit(frame[train], left[train])
    return float(roc_auc_score(left[test], fitted.predict_proba(frame[test])[:, 1]))


def canaries(
    results: Sequence[Result], by_chance: float, error: float, leak: Leak, highest: float | None
) -> Iterator[Canary]:
    """results: the score first. by_chance: its AUC on shuffled labels, and the error of that.
    highest: more than this is known to be impossible here.
    """
    auc, *others = (one.metrics["AUC"].mean for one in results if one.metrics)
    if highest is not None:
        yield _at_most("The AUC is not above what an honest model can reach here", auc, highest)
    if others:
        bound = max(others) + AHEAD
        name = f"The AUC is not {AHEAD} above the best opponent's"
        yield _at_most(name, auc, bound)
    name = "The AUC is below that of a forest that has seen the answers"
    yield _at_most(name, auc, leak.leaked)
    name = f"Shuffled answers are not learnt: the AUC is within {ERRORS} standard errors of 0.5"
    yield _at_most(name, abs(by_chance - 0.5), ERRORS * error)


def _at_most(name: str, found: float, bound: float) -> Canary:
    return Canary(name=name, holds=found <= bound, found=found, bound=bound)
