"""How often intervals hold the truth and tests are wrong, in worlds whose effects are known, beside
the naive way in the same worlds.
"""

import itertools
from collections.abc import Iterator, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy import stats

from churn_lib.evidence import lift
from churn_lib.evidence.learn import learn
from churn_lib.evidence.lift import Estimate, Z
from churn_lib.evidence.power import LOOKING, Design, units_needed
from churn_lib.evidence.ratio import ALARM, sample_ratio
from churn_lib.evidence.sequence import hybrid
from churn_lib.evidence.table import Ages, Floats
from churn_lib.evidence.truth import Calibration
from churn_lib.offers.catalogue import catalogue
from tests.bench.figures import Goal, at_least, at_most
from tests.churn_lib.evidence.drawn import OFFERS, drawn

DRAWS, WORLDS, LOOKS = 4000, 60, 90


class Arms(NamedTuple):
    """Customers without an offer and with one, the share who leave without, and the lift."""

    held: int
    offered: int
    churn: float
    lift: float


CASES = (
    Arms(30, 270, 0.05, 0.01),
    Arms(100, 900, 0.10, 0.03),
    Arms(500, 4500, 0.30, 0.05),
    Arms(5000, 45_000, 0.60, 0.05),
)


def figures() -> Iterator[Goal]:
    """Prints each share with its binomial interval of 95 %."""
    rng = np.random.default_rng(1)
    for case in CASES:
        yield from _shares(rng, case)
    yield from _margins(rng)
    yield from _power(rng)
    yield from _looks(rng)
    for late in LATE:
        yield from _late(rng, late)
    yield from _ratios(rng)
    for calibration in (Calibration(), Calibration(a=-0.3, b=0.8)):
        yield from _acceptances(rng, calibration)


def told(hits: int, of: int) -> str:
    """A share with its interval (Clopper and Pearson)."""
    low, high = stats.binomtest(hits, of).proportion_ci()
    return f"{hits / of:.3f} [{low:.3f}, {high:.3f}] of {of:,}"


def covers(estimates: Sequence[Estimate], truth: float) -> int:
    return sum(one.low <= truth <= one.high for one in estimates)


def between(what: str, hits: int, of: int, low: float, high: float) -> Iterator[Goal]:
    yield at_least(what, hits / of, low, told(hits, of))
    yield at_most(what, hits / of, high)


def _wald(value: float, variance: float) -> Estimate:
    half = Z * sqrt(variance)
    return Estimate(value, value - half, value + half)


def _shares(rng: np.random.Generator, case: Arms) -> Iterator[Goal]:
    held = rng.binomial(case.held, case.churn, DRAWS)
    offered = rng.binomial(case.offered, case.churn - case.lift, DRAWS)
    found = [
        lift.shares(case.held, int(a), case.offered, int(b))
        for a, b in zip(held, offered, strict=True)
    ]
    name = f"lift, {case.held:,} and {case.offered:,} customers, {case.churn:.0%} leave: covered"
    naive = covers([_wald(one.value, one.variance) for one in found], case.lift)
    print(f"{name}, naive (Wald): {told(naive, DRAWS)}")
    yield from between(
        name, covers(found, case.lift), DRAWS, 0.93, 0.99 if case.held < 99 else 0.97
    )


def _margins(rng: np.random.Generator) -> Iterator[Goal]:
    """A customer who stays is worth 300, and an offer costs 40 where it is taken."""
    churn, kept, takes = 0.3, 0.25, 0.3
    truth = 300 * churn * kept - takes * 40
    for held, offered in ((500, 500), (500, 4500)):
        found = []
        for _ in range(1000):
            without = 300.0 * (rng.random(held) >= churn)
            took = 40.0 * (rng.random(offered) < takes)
            with_offer = 300.0 * (rng.random(offered) >= churn * (1 - kept)) - took
            arms = [{"n": len(m), "m": m.sum(), "mm": m @ m} for m in (without, with_offer)]
            found.append(lift.margin(*arms))
        name = f"margin, {held:,} and {offered:,} customers: covered"
        yield from between(name, covers(found, truth), len(found), 0.93, 0.97)


def _power(rng: np.random.Generator) -> Iterator[Goal]:
    churn, kept = 0.3, 0.05
    for case in (0.0, kept):
        units = units_needed(Design(explore=0.0), churn, kept)
        held = rng.binomial(units.holdout, churn, DRAWS)
        offered = rng.binomial(units.policy, churn - case, DRAWS)
        found = [
            lift.shares(units.holdout, int(a), units.policy, int(b))
            for a, b in zip(held, offered, strict=True)
        ]
        shown = sum(one.excludes_zero for one in found)
        if case:
            yield from between("power at the planned size", shown, DRAWS, 0.77, 0.83)
        else:
            yield at_most("lift that is not there: shown", shown / DRAWS, 0.06, told(shown, DRAWS))


def _looks(rng: np.random.Generator) -> Iterator[Goal]:
    """Looks at even steps of information; the effect is one that a fixed test sees in 80 %."""
    sims = 2000
    effect = (Z + stats.norm.isf(0.2)) / 1.0
    for what, drift, end in (("no effect", 0.0, 1.0), ("the effect", effect, LOOKING)):
        information = end * np.arange(1, LOOKS + 1) / LOOKS
        steps = rng.normal(0, sqrt(end / LOOKS), (sims, LOOKS)).cumsum(axis=1)
        paths = (steps + drift * information) / information
        ever = [_ever(path, information, end) for path in paths]
        naive = int((np.abs(paths) * np.sqrt(information) > Z).any(axis=1).sum())
        print(f"{LOOKS} looks, {what}, naive (fixed interval at each): {told(naive, sims)}")
        if drift:
            name = f"sequence, {LOOKING:g} times the size: effect seen"
            yield from between(name, sum(ever), sims, 0.77, 0.83)
        else:
            name = f"sequence, {LOOKS} looks and the end: wrongly shown"
            yield at_most(name, sum(ever) / sims, 0.05, told(sum(ever), sims))


def _ever(path: Floats, information: Floats, end: float) -> bool:
    return any(
        hybrid(Estimate(float(value), 0, 0, 1 / known), 1 / end).excludes_zero
        for value, known in zip(path, information, strict=True)
    )


class Late(NamedTuple):
    """Nothing keeps anybody. delay: days by which offers put off leaving. shares: of customers with
    an offer, in the first three months and in the next ones; look: on which day.
    """

    what: str
    delay: int
    shares: tuple[float, float]
    look: int


LATE = (
    Late("an offer that only delays", 40, (0.9, 0.9), 120),
    Late("shares that were ramped", 0, (0.5, 0.9), 120),
)


def _late(rng: np.random.Generator, case: Late) -> Iterator[Goal]:
    """Customers come over 180 days, and are looked at before all have their windows."""
    worlds, n, window = 300, 20_000, 90
    holds = naive = 0
    for _ in range(worlds):
        day = rng.integers(0, 180, n)
        offered = rng.random(n) < np.where(day < 90, *case.shares)
        age = rng.gamma(2, 18, n).astype(int) + case.delay * offered
        age = np.minimum(age, window - 1)
        leaver, until = rng.random(n) < 0.3, np.minimum(case.look - day, window)
        gone, ages, sizes, shares = leaver & (age <= until), Ages({}, {}), [], []
        for arm, drawn_for in (("holdout", ~offered), ("policy", offered)):
            here = drawn_for & (until >= 0)
            sizes.append(int(here.sum()))
            shares.append(float(gone[here].mean()))
            ages.left[arm], ages.censored[arm] = (
                np.bincount(days[here & of], minlength=window + 1).astype(float)
                for days, of in ((age, gone), (until, ~gone))
            )
        one = lift.of_survival(ages, "policy")
        holds += one.low <= 0 <= one.high
        variance = sum(a * (1 - a) / size for a, size in zip(shares, sizes, strict=True))
        naive += not _wald(shares[0] - shares[1], variance).excludes_zero
    yield at_most(f"{case.what}, no line taken for staying: covers 0", naive / worlds, 0.40)
    yield from between(f"{case.what}: covers 0", holds, worlds, 0.92, 0.98)


def _ratios(rng: np.random.Generator) -> Iterator[Goal]:
    shares = {"holdout": 0.1, "explore": 0.05, "policy": 0.85}
    draws = 10_000
    counts = rng.multinomial(5000, [*shares.values()], draws)
    alarms = sum(
        not sample_ratio(dict(zip(shares, map(int, one), strict=True)), shares).is_right
        for one in counts
    )
    yield at_most("sample ratio: false alarms", alarms / draws, 2 * ALARM, told(alarms, draws))
    for customers, lost in itertools.product((10_000, 100_000), (0.05, 0.10)):
        seen = 0
        for one in rng.multinomial(customers, [*shares.values()], 1000):
            held = rng.binomial(one[0], 1 - lost)
            found = dict(zip(shares, map(int, (held, *one[1:])), strict=True))
            seen += not sample_ratio(found, shares).is_right
        what = f"sample ratio, {customers:,} customers, {lost:.0%} of the holdout lost"
        print(f"{what}: seen in {told(seen, 1000)}")


def _acceptances(rng: np.random.Generator, calibration: Calibration) -> Iterator[Goal]:
    """Of offers that keep customers; what was told, and accepted of shown."""
    of = f"score off by {calibration.a:g} and {calibration.b:g}"
    for customers, worlds in ((5000, WORLDS), (50_000, WORLDS // 3)):
        gaps, naive, holds = [], [], 0
        for _ in range(worlds):
            for one in learn(drawn(rng, customers, calibration), catalogue()).acceptances:
                real = OFFERS[one.offer]
                truth = real.answering if one.answers else real.other
                if one.learnt is None or one.naive is None or real.is_sold:
                    continue
                gaps.append(one.learnt.value - truth)
                naive.append(one.naive - truth)
                holds += one.learnt.low <= truth <= one.learnt.high
        name = f"acceptance, {customers:,} customers, {of}"
        print(f"{name}, naive (accepted of shown): off by {np.abs(naive).mean():.3f} on average")
        yield from between(f"{name}: covered", holds, len(gaps), 0.93, 0.97)
        yield at_most(f"{name}: bias", abs(float(np.mean(gaps))), 0.015)
