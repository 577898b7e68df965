"""Effects against known truths, other implementations, and public experiments."""

import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from churn_lib.evidence import lift
from churn_lib.evidence.findings import Effects, findings
from churn_lib.evidence.lift import Estimate
from churn_lib.evidence.sequence import any_time, hybrid
from churn_lib.evidence.table import Ages, Counted, Sums, count
from tests.churn_lib.evidence.world import BEGIN, WINDOW, World, lived
from tests.serving import ROOT

EXPERIMENTS = ROOT.parent / "shared" / "data" / "experiments"
SHARES = {"holdout": 0.2, "explore": 0.1, "policy": 0.7}
LATER = (BEGIN + timedelta(days=400)).date()
DRAWS = 400


def counted(
    world: World, folder: Path, seed: int = 1, as_of: date = LATER
) -> tuple[Counted, float]:
    decisions, outcomes, truth = lived(world, folder, seed)
    return count([decisions], [outcomes], None, as_of=as_of), truth


def shown(found: Counted) -> Effects:
    effects = findings(found, SHARES).effects
    assert effects is not None
    return effects


def sums(rng: np.random.Generator, n: int, p: float, kept: float = 0.0) -> Sums:
    """An arm with a share p who leave, of whom `kept` are saved, and what each brings."""
    score = rng.beta(p * 8, (1 - p) * 8, n)
    left = (rng.random(n) < score * (1 - kept)).astype(float)
    accepted = (rng.random(n) < 0.3) & (kept > 0)
    cost = accepted * 40.0 + (0.1 if kept else 0.0)
    m = (1 - left) * 300.0 - cost
    return {
        "n": float(n),
        "left": left.sum(),
        "p": score.sum(),
        "pp": (score**2).sum(),
        "p_left": (score * left).sum(),
        "m": m.sum(),
        "mm": (m**2).sum(),
        "p_m": (score * m).sum(),
        "cost": cost.sum(),
        "cc": (cost**2).sum(),
        "cost_left": (cost * left).sum(),
        "accepted": accepted.sum(),
        "expected": 0.0,
    }


def covered(estimates: list[Estimate], truth: float) -> float:
    return float(np.mean([one.low <= truth <= one.high for one in estimates]))


def test_the_effect_of_a_known_world_is_found_with_its_money(tmp_path: Path) -> None:
    found, truth = counted(World(), tmp_path)
    effects = shown(found)
    for one in (effects.lift, effects.adjusted, effects.observed):
        assert one.low < truth < one.high
    assert effects.margin.low < effects.expected < effects.margin.high
    assert effects.adjusted.variance < effects.lift.variance
    assert effects.naive is not None
    accepted, others = effects.naive
    assert others - accepted > truth + 0.2


@pytest.mark.parametrize(("held", "offered", "p"), [(100, 900, 0.3), (300, 2700, 0.1)])
def test_intervals_hold_what_they_promise(held: int, offered: int, p: float) -> None:
    rng, kept = np.random.default_rng(3), 0.3
    arms = [(sums(rng, held, p), sums(rng, offered, p, kept)) for _ in range(DRAWS)]
    pairs = [[int(a["n"]), int(a["left"]), int(b["n"]), int(b["left"])] for a, b in arms]
    truth = p * kept
    assert 0.92 < covered([lift.shares(*pair) for pair in pairs], truth) < 0.985
    assert 0.92 < covered([lift.adjusted(*pair) for pair in arms], truth) < 0.985
    brought = 300 * p * kept - 0.3 * 40 - 0.1
    assert 0.92 < covered([lift.margin(*pair) for pair in arms], brought) < 0.985
    assert 0.92 < covered([lift.adjusted_margin(*pair) for pair in arms], brought) < 0.985


def test_what_one_more_costs_is_bounded_or_said_to_be_unknown() -> None:
    rng, p, kept = np.random.default_rng(4), 0.3, 0.3
    truth = (0.3 * 40 + 0.1) / (p * kept)
    found = [lift.per_saved(sums(rng, 200, p), sums(rng, 1800, p, kept)) for _ in range(DRAWS)]
    known = [one for one in found if one is not None]
    assert 0.1 < len(known) / DRAWS < 0.9
    assert covered(known, truth) > 0.92
    assert lift.per_saved(sums(rng, 200, p), sums(rng, 1800, p, 1e-9)) is None


def test_the_margin_is_that_of_scipy() -> None:
    rng = np.random.default_rng(5)
    without, with_offer = rng.normal(100, 50, 80), rng.normal(120, 90, 400)
    arms = [{"n": len(m), "m": m.sum(), "mm": (m**2).sum()} for m in (without, with_offer)]
    theirs = stats.ttest_ind(with_offer, without, equal_var=False).confidence_interval()
    ours = lift.margin(*arms)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-6)


def test_the_share_who_stay_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(6)
    age, seen = rng.integers(0, 200, 500), rng.integers(1, WINDOW + 1, 500)
    day, gone = np.minimum(age, seen), age <= seen
    parts = [np.bincount(day[where], minlength=WINDOW + 1).astype(float) for where in (gone, ~gone)]
    share, variance = lift.survival(Ages({"x": parts[0]}, {"x": parts[1]}), "x")
    theirs = SurvfuncRight(day, gone)
    assert share == pytest.approx(theirs.surv_prob[-1], rel=1e-6)
    assert math.sqrt(variance) == pytest.approx(theirs.surv_prob_se[-1], rel=1e-6)


def test_late_outcomes_do_not_fake_an_effect(tmp_path: Path) -> None:
    world = World(saved=(0.0,), loyal=0.5, days=180)
    found, truth = counted(world, tmp_path, seed=2, as_of=(BEGIN + timedelta(days=150)).date())
    effects = shown(found)
    assert truth == 0
    assert sum(found.immature.values()) > 5000
    assert effects.lift.low < 0 < effects.lift.high
    assert effects.observed.low < 0 < effects.observed.high
    assert effects.observed.variance < effects.lift.variance


def test_looking_on_the_way_is_wrong_as_seldom_as_was_promised() -> None:
    rng, looks, n = np.random.default_rng(7), 12, 6000
    wrong = naive = 0
    for _ in range(DRAWS):
        noise = np.cumsum(rng.normal(0, 1, n))
        ever = by_chance = False
        for look in range(1, looks + 1):
            size = n * look // looks
            estimate = Estimate(noise[size - 1] / size, 0, 0, 1 / size)
            ever |= hybrid(estimate, 1 / n).excludes_zero
            by_chance |= abs(estimate.value) * math.sqrt(size) > 1.96
        wrong, naive = wrong + ever, naive + by_chance
    assert wrong / DRAWS < 0.08
    assert naive / DRAWS > 0.12


@given(st.floats(-1, 1), st.floats(1e-6, 1), st.floats(1e-6, 1))
def test_an_interval_for_any_time_is_wider_than_the_last_one(
    value: float, variance: float, planned: float
) -> None:
    one = any_time(Estimate(value, 0, 0, variance), planned)
    half = (one.high - one.low) / 2
    assert half > 1.96 * math.sqrt(variance)
    assert one.low + half == pytest.approx(value, abs=1e-9)


@given(st.integers(20, 500), st.integers(20, 500), st.integers(0, 20), st.integers(0, 20))
def test_arms_that_change_places_change_the_sign(n: int, m: int, a: int, b: int) -> None:
    there, back = lift.shares(n, a, m, b), lift.shares(m, b, n, a)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@given(st.floats(0.01, 100))
def test_money_in_another_currency_is_the_same_money(rate: float) -> None:
    rng = np.random.default_rng(8)
    arms = [sums(rng, 100, 0.3), sums(rng, 900, 0.3, 0.4)]
    scale = {"m": rate, "mm": rate**2, "p_m": rate, "cost": rate, "cc": rate**2, "cost_left": rate}
    scaled = [{name: arm[name] * scale.get(name, 1) for name in arm} for arm in arms]
    for of in (lift.margin, lift.adjusted_margin):
        assert of(*scaled)[:3] == pytest.approx([rate * part for part in of(*arms)[:3]])


@pytest.mark.skipif(
    not (EXPERIMENTS / "hillstrom").is_dir(), reason="the public e-mail test is not here"
)
@pytest.mark.parametrize(
    ("segment", "visits", "spend"),
    [
        ("Mens E-Mail", (7.66, 7.00, 8.32), (0.770, 0.485, 1.055)),
        ("Womens E-Mail", (4.52, 3.89, 5.16), (0.424, 0.169, 0.680)),
    ],
)
def test_a_public_experiment_comes_out_to_the_digit(
    segment: str, visits: tuple[float, ...], spend: tuple[float, ...]
) -> None:
    (file,) = (EXPERIMENTS / "hillstrom").glob("*.csv*")
    table = pl.read_csv(file, schema_overrides={"spend": pl.Float64})
    counts, money = [], []
    for name in ("No E-Mail", segment):
        of = table.filter(pl.col("segment") == name)
        spent = of["spend"].to_numpy()
        counts.append((len(of), int(of["visit"].sum())))
        money.append({"n": len(of), "m": float(spent.sum()), "mm": float(spent @ spent)})
    found = lift.shares(*counts[1], *counts[0])
    assert tuple(round(part * 100, 2) for part in found[:3]) == visits
    assert tuple(round(part, 3) for part in lift.margin(*money)[:3]) == spend


def test_a_game_lost_players_by_its_later_gate() -> None:
    day_7 = lift.shares(44_700, 44_700 - 8_502, 45_489, 45_489 - 8_279)
    assert [round(part * 100, 2) for part in day_7[:3]] == [-0.82, -1.33, -0.31]
