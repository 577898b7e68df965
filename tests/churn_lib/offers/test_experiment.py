"""Arms that nobody can tell without the key, that last, and that leave the policy alone."""

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from churn_lib.errors import ArtifactError
from churn_lib.log import Arm
from churn_lib.offers.catalogue import catalogue
from churn_lib.offers.decide import Decision
from churn_lib.offers.experiment import Assignment, assigned, keys_of
from churn_lib.offers.terms import Experiment
from tests.churn_lib.offers.samples import MONTHLY, decided, small

TRIAL = Experiment(name="2026-q4", holdout=0.2, explore=0.3)
KEYS = keys_of("a key of eight letters or more")
CUSTOMERS = [f"C-{number}" for number in range(20_000)]


def arms(trial: Experiment = TRIAL, text: str = "a key") -> list[Arm]:
    keys = keys_of(text)
    return [assigned(trial, keys, customer).arm for customer in CUSTOMERS]


def in_arm(arm: Arm, trial: Experiment = TRIAL) -> Assignment:
    """A customer who is in this arm."""
    return next(found for name in CUSTOMERS if (found := assigned(trial, KEYS, name)).arm == arm)


def test_the_arms_have_the_shares_of_the_experiment() -> None:
    counts = Counter(arms())
    shares: dict[Arm, float] = {"holdout": 0.2, "explore": 0.3, "policy": 0.5}
    expected = [shares[arm] * len(CUSTOMERS) for arm in shares]
    assert stats.chisquare([counts[arm] for arm in shares], expected).pvalue > 0.001


def test_arms_of_another_experiment_or_key_are_independent() -> None:
    one = arms()
    for other in (arms(TRIAL.model_copy(update={"name": "2027-q1"})), arms(text="another")):
        pairs = Counter(zip(one, other, strict=True))
        table = [[pairs[a, b] for b in set(one)] for a in set(one)]
        assert stats.chi2_contingency(table).pvalue > 0.001


def test_a_customer_stays_in_one_arm_under_one_name() -> None:
    assert arms() == arms()
    first, again = (assigned(TRIAL, KEYS, "C-7") for _ in range(2))
    later = assigned(TRIAL.model_copy(update={"name": "2027-q1"}), KEYS, "C-7")
    assert first == again
    assert first.unit == later.unit
    assert first.unit != assigned(TRIAL, keys_of("another"), "C-7").unit
    assert len(first.unit) == 32


def test_a_wider_holdout_keeps_those_who_were_in_it() -> None:
    wider = TRIAL.model_copy(update={"holdout": 0.25})
    pairs = zip(arms(), arms(wider), strict=True)
    assert all(new == "holdout" for old, new in pairs if old == "holdout")


@given(st.sets(st.text("abc", min_size=1, max_size=5), min_size=2), st.integers(0, 999))
def test_another_offer_changes_a_pick_only_to_itself(offers: set[str], number: int) -> None:
    drawn = assigned(TRIAL, KEYS, CUSTOMERS[number])
    before = drawn.picked(sorted(offers))
    assert drawn.picked(sorted(offers, reverse=True)) == before
    assert drawn.picked([*offers, "new"]) in {before, "new"}


def test_each_offer_is_picked_as_often() -> None:
    drawn = [assigned(TRIAL, KEYS, customer) for customer in CUSTOMERS]
    counts = Counter(one.picked(["a", "b", "c"]) for one in drawn)
    assert stats.chisquare([*counts.values()]).pvalue > 0.001


@given(st.integers(1, 6), st.integers(0, 5))
def test_the_propensities_of_all_that_may_be_done_add_up_to_one(count: int, place: int) -> None:
    drawn, offers = assigned(TRIAL, KEYS, "C-7"), [f"offer-{n}" for n in range(count)]
    would = offers[place % count]
    total = sum(drawn.propensity(made, would, offers) for made in (None, *offers))
    assert total == pytest.approx(1)
    assert drawn.propensity(None, None, offers) == 1


def in_experiment(arm: Arm, explain: bool = False) -> Decision:
    return decided(catalogue(), assignment=in_arm(arm), explain=explain)


def test_the_policy_arm_is_made_what_everybody_is_made() -> None:
    plain, found = decided(catalogue()), in_experiment("policy", explain=True)
    assert found._replace(evidence=plain.evidence) == plain
    assert plain.chosen is not None
    assert found.evidence.would_offer == plain.chosen.offer.id == plain.evidence.would_offer
    eligible = len(plain.eligible)
    assert found.evidence.propensity == pytest.approx(0.5 + 0.3 / eligible)
    assert (plain.evidence.experiment, plain.evidence.unit) == ("none", "none")
    assert plain.evidence.propensity == 1


def test_who_is_held_out_gets_nothing_and_the_log_knows_what_it_would_have_been() -> None:
    plain, found = decided(catalogue()), in_experiment("holdout", explain=True)
    assert found.chosen is found.runner_up is None
    assert found.why == "No offer, so that experiment 2026-q4 can show what offers do."
    assert found.evidence.would_offer == plain.evidence.would_offer
    assert found.evidence.propensity == TRIAL.holdout
    assert found.evidence.expected_value == plain.evidence.expected_value
    assert {line.outcome for line in found.trace} == {"left_to_chance", "vetoed"}


def test_who_explores_gets_an_allowed_offer_by_chance_with_its_own_money() -> None:
    plain, found = decided(catalogue()), in_experiment("explore")
    assert found.chosen is not None
    made, allowed = found.chosen.offer.id, [one["id"] for one in plain.eligible]
    assert made == in_arm("explore").picked(allowed)
    assert found.evidence.would_offer == plain.evidence.would_offer
    value = next(one["expected_value"] for one in plain.eligible if one["id"] == made)
    assert found.evidence.expected_value == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize("arm", get_args(Arm))
def test_a_decision_in_brief_is_part_of_an_experiment_too(arm: Arm) -> None:
    whole = in_experiment(arm)
    brief = decided(catalogue(), assignment=in_arm(arm), explain=False, brief=True)
    assert brief == whole._replace(eligible=(), not_checked=())


def test_whoever_gets_no_offer_anyway_is_no_part_of_it() -> None:
    dear = small(("floor = 1.0", "floor = 500.0"))
    for arm in ("holdout", "explore", "policy"):
        found = decided(dear, assignment=in_arm(arm))
        assert found.chosen is None
        assert found.why.startswith("No allowed offer pays")
        assert (found.evidence.would_offer, found.evidence.propensity) == ("none", 1.0)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.6, 0.0), (-0.1, 0.0)])
def test_shares_that_leave_nobody_are_refused(shares: tuple[float, float]) -> None:
    holdout, explore = shares
    text = f'[experiment]\nname = "a-b"\nholdout = {holdout}\nexplore = {explore}\n[assumptions]'
    with pytest.raises(ArtifactError, match="experiment"):
        small(("[assumptions]", text))


def test_it_answers_a_reason_or_not() -> None:
    for reasons, answers in (((MONTHLY,), True), ((), False)):
        assert decided(small(), reasons=reasons).evidence.answers is answers
