"""The customers whose decision is least clear, decided all at once by an integer program."""

import math
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from churn_lib.scale.choice import regret, worth
from churn_lib.scale.pairs import BUDGET, CAPS, Floats, Ints, Pairs
from churn_lib.scale.prices import rows
from churn_lib.scale.quiet import quiet

CORE = 1_000
"""Customers of an integer program: a campaign with no more is decided by one alone."""

NODES = 300
"""Of its search: a limit of time would give another answer on another day."""

CLOSE = 1e-7
"""Of the value of all: better is not looked for."""

TOLERANCE = 2e-6
"""By less than this the solver may exceed a limit."""


class Decided(NamedTuple):
    """Chosen pairs by their places. most: no choice brings more, as far as the program knows."""

    chosen: Ints
    most: float


def decided(pairs: Pairs, limits: Floats, prices: Floats, chosen: Ints) -> Decided:
    """A choice that brings no less than this one: those who are least clear at these prices are
    decided anew, with what the others leave of the limits.
    """
    core = np.argsort(regret(pairs, worth(pairs, prices)), kind="stable")[:CORE]
    inside = pairs.among(core)
    held, others = chosen[inside[chosen]], chosen[~inside[chosen]]
    left = np.maximum(limits - pairs.used(others, len(limits) - CAPS), 0.0)
    share = pairs.value[held].sum() / (pairs.value[chosen].sum() or 1.0)
    solved = _solved(pairs.at(np.flatnonzero(inside)), left, CLOSE / max(share, 0.001))
    most = -solved.mip_dual_bound if len(core) == len(pairs.first) else math.inf
    if solved.x is None:  # the search ended before it found any
        return Decided(chosen, most)
    better = np.flatnonzero(inside)[solved.x > 0.5]
    if pairs.value[better].sum() <= pairs.value[held].sum():
        return Decided(chosen, most)
    return Decided(np.sort(np.append(others, better)), most)


def _solved(part: Pairs, limits: Floats, gap: float) -> OptimizeResult:
    """The solver's answer, once more with a little less money where it spent too much."""
    solved = _program(part, limits, gap)
    if solved.x is None or math.fsum(part.cost[solved.x > 0.5]) <= limits[BUDGET]:
        return solved
    less = limits.copy()
    less[BUDGET] = max(0.0, less[BUDGET] - TOLERANCE)
    again = _program(part, less, gap)
    again.mip_dual_bound = solved.mip_dual_bound
    return again


def _program(part: Pairs, limits: Floats, gap: float) -> OptimizeResult:
    matrix, most = rows(part, limits)
    with quiet():
        return milp(
            -part.value,
            integrality=np.ones(len(part.value)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, -np.inf, most),
            options={"node_limit": NODES, "mip_rel_gap": gap},
        )
