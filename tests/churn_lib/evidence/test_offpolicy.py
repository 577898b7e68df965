"""Other ways to choose: against known truths, another implementation, and a public experiment."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from churn_lib.evidence.findings import findings
from churn_lib.evidence.offpolicy import NOBODY, NOW, OTHER, PolicyValue, snips, values
from churn_lib.evidence.table import Floats, count
from churn_lib.evidence.weighed import SUMS, UNSEEN, Choices, Weighed
from tests.churn_lib.evidence.drawn import paid, worths
from tests.churn_lib.evidence.world import BEGIN, World, lived
from tests.serving import ROOT

BANDIT = ROOT.parent / "shared" / "data" / "experiments" / "open_bandit"
LATER = (BEGIN + timedelta(days=400)).date()
SHARES = {"holdout": 0.2, "explore": 0.1, "policy": 0.7}
WORLDS = 80


def of_rows(w: Floats, m: Floats) -> Weighed:
    """Customers one by one, all of whom were done what is asked about."""
    columns = (np.ones(len(w)), m, w, w * w, w * m, w * w * m, w * w * m * m)
    same = np.full(len(w), "x")
    return Weighed(same, same, same, dict(zip(SUMS, columns, strict=True)))


def found(folder: Path, choices: Choices | None) -> dict[str, PolicyValue]:
    decisions, outcomes, _ = lived(World(customers=4000), folder)
    counted = count([decisions], [outcomes], None, as_of=LATER, choices=choices)
    effects = findings(counted, SHARES).effects
    assert effects is not None
    return {one.name: one for one in effects.ways}


def test_intervals_of_other_ways_hold_what_they_promise() -> None:
    rng = np.random.default_rng(1)
    truth = worths(rng)
    told = [one for _ in range(WORLDS) for one in values(paid(rng, 3000)) if one.name in truth]
    for name in truth:
        mine = [one for one in told if one.name == name]
        for of, real in (("snips", 0.0), ("robust", 0.0), ("gain", truth[NOW])):
            ends = [getattr(one, of) for one in mine]
            share = np.mean([one.low <= truth[name] - real <= one.high for one in ends])
            assert share > 0.87, (name, of)
    widths = {
        of: np.mean([getattr(one, of).variance for one in told if one.name == NOBODY])
        for of in ("snips", "robust")
    }
    assert widths["robust"] < 0.8 * widths["snips"]


def test_what_agrees_with_now_everywhere_gains_nothing() -> None:
    weighed = paid(np.random.default_rng(2), 3000)
    same = Weighed(weighed.would_offer, weighed.offer, weighed.would_offer, weighed.sums)
    *_, now, other = values(same)
    assert (now.name, other.name) == (NOW, OTHER)
    assert other.robust == now.robust
    assert other.gain is not None
    assert other.gain[:3] == pytest.approx((0, 0, 0))
    assert not other.is_better


def test_the_value_is_that_of_a_weighted_regression() -> None:
    rng = np.random.default_rng(3)
    w, m = 1 / rng.uniform(0.01, 1, 500), rng.normal(100, 50, 500)
    ours = snips(of_rows(w, m), np.ones(500))
    theirs = sm.WLS(m, np.ones(500), weights=w).fit(cov_type="HC0")
    assert ours.value == pytest.approx(theirs.params[0], rel=1e-6)
    assert ours.variance == pytest.approx(theirs.bse[0] ** 2, rel=1e-6)


def test_a_log_names_what_another_way_would_do(tmp_path: Path) -> None:
    decisions, _, _ = lived(World(customers=4000), tmp_path)
    rows = [json.loads(line) for line in decisions.read_text().splitlines()]
    offers = [("none", "offer-2", "offer-9")[number % 3] for number in range(len(rows))]
    by_unit = {row["unit"]: offer for row, offer in zip(rows, offers, strict=True)}
    table = pl.DataFrame({"decision_id": [row["decision_id"] for row in rows], "offer": offers})
    table.write_csv(tmp_path / "choices.csv")
    one, same = found(tmp_path, tmp_path / "choices.csv"), found(tmp_path, by_unit)
    assert one == same
    assert one[OTHER].unseen == pytest.approx(4000 / 3, abs=1)
    assert one[OTHER].customers == 4000 - one[OTHER].unseen
    assert not one[OTHER].is_better
    assert found(tmp_path, None).keys() == one.keys() - {OTHER}


def test_the_best_offer_for_all_is_found_to_be_better(tmp_path: Path) -> None:
    decisions, _, _ = lived(World(customers=4000), tmp_path)
    units = [json.loads(line)["unit"] for line in decisions.read_text().splitlines()]
    better = found(tmp_path, dict.fromkeys(units, "offer-0"))[OTHER]
    assert better.is_better


def test_a_sample_that_is_too_small_shows_nothing() -> None:
    weighed = paid(np.random.default_rng(4), 5000, holdout=0.005)
    one = next(one for one in values(weighed) if one.name == NOBODY)
    assert one.sample < 0.01
    assert (one.snips, one.robust, one.gain) == (None, None, None)


def test_choices_that_no_arm_ever_makes_show_nothing() -> None:
    weighed = paid(np.random.default_rng(5), 500)
    unseen = np.full(len(weighed.offer), UNSEEN)
    *_, other = values(Weighed(weighed.would_offer, weighed.offer, unseen, weighed.sums))
    assert (other.customers, other.unseen, other.robust) == (0, 500, None)


def test_a_log_without_propensities_shows_no_other_way(tmp_path: Path) -> None:
    decisions, outcomes, _ = lived(World(customers=1000), tmp_path)
    pl.read_ndjson(decisions).drop("propensity").write_ndjson(decisions)
    assert values(count([decisions], [outcomes], None, as_of=LATER).weighed) == ()


def bandit(who: str, policy: str) -> pl.DataFrame:
    return pl.read_csv(BANDIT / f"{who}_{policy}.csv")


def of_shop(log: pl.DataFrame, likely: pl.Series) -> tuple[Weighed, float]:
    """The clicks of a log, weighed by how likely another policy shows the same."""
    weighed = of_rows((likely / log["propensity_score"]).to_numpy(), log["click"].to_numpy())
    return weighed, float(weighed.sums["w"].sum() ** 2 / weighed.sums["ww"].sum() / len(log))


@pytest.mark.skipif(not BANDIT.is_dir(), reason="the public log of a fashion shop is not here")
@pytest.mark.parametrize(
    ("who", "clicks", "half", "truth"),
    [("men", 0.0057, 0.0028, 0.0069), ("women", 0.0058, 0.0024, 0.0046)],
)
def test_a_public_random_log_shows_what_another_policy_brings(
    who: str, clicks: float, half: float, truth: float
) -> None:
    log, other = bandit(who, "random"), bandit(who, "bts")
    shown = other.group_by("item_id", "position").len("shown")
    places = other.group_by("position").len("there")
    likely = log.join(shown, on=["item_id", "position"], how="left", maintain_order="left")
    likely = likely.join(places, on="position", maintain_order="left").fill_null(0)
    weighed, _ = of_shop(log, likely["shown"] / likely["there"])
    ours = snips(weighed, np.ones(len(log)))
    assert round(ours.value, 4) == clicks
    assert round(ours.high - ours.value, 4) == half
    assert other["click"].mean() == truth
    assert ours.low < truth < ours.high


@pytest.mark.skipif(not BANDIT.is_dir(), reason="the public log of a fashion shop is not here")
def test_a_public_log_of_one_that_hardly_explores_is_refused() -> None:
    log = bandit("women", "bts")
    weighed, sample = of_shop(log, pl.Series([1 / 46] * len(log)))
    assert round(weighed.sums["w"].max()) == 21_739
    assert round(sample, 3) == 0
    assert values(weighed)[-1].robust is None
