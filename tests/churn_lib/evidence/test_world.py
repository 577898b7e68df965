"""Simulated customers: the truth is a closed form, the log is that of production, and what fools
others does not fool `lift`.
"""

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.errors import ArtifactError
from churn_lib.evidence import lift
from churn_lib.evidence.findings import Findings, findings
from churn_lib.evidence.lift import Estimate
from churn_lib.evidence.policies import Policy, compare
from churn_lib.evidence.table import Counted, Sums, count
from churn_lib.evidence.truth import Effect, Truth, Unreported, read_truth
from churn_lib.evidence.world import Scored, Trial, became, live, scored
from churn_lib.lint.grid import grid
from churn_lib.offers.catalogue import Catalogue, catalogue, load, parse
from churn_lib.offers.terms import Experiment
from churn_lib.propose.learned import rewritten
from churn_lib.score.scorecard import scorecard
from tests.serving import ROOT

BEGIN = date(2026, 11, 28)
SHARES = {"holdout": 0.2, "explore": 0.1, "policy": 0.7}
TRIAL = Experiment(name="a-trial", holdout=0.2, explore=0.1)
HAPPY = Effect(saves=0.5, saves_otherwise=0.3, deadweight=0.3, sleeping_dogs=0.0)


@pytest.fixture(scope="module")
def offers() -> Catalogue:
    """The shipped ones that keep customers, on trial."""
    kept = tuple(one for one in catalogue().offers if one.kind == "retention")
    return catalogue().model_copy(update={"experiment": TRIAL, "offers": kept})


@pytest.fixture(scope="module")
def people(offers: Catalogue) -> list[Scored]:
    return scored(scorecard(), islice(grid(offers), 0, None, 10))


def all_are(effect: Effect, offers: Catalogue, **more: object) -> Truth:
    effects = {one.id: effect for one in offers.offers}
    return Truth(offers=effects).model_copy(update=more)


def trial(
    offers: Catalogue,
    people: Sequence[Scored],
    truth: Truth,
    folder: Path,
    *,
    days: int = 400,
    customers: int = 6000,
) -> tuple[Counted, Findings]:
    """What is found in a world so many days after it began."""
    lived = live(Trial(customers, BEGIN, 90, 1), offers, "v", people, truth)
    files = [folder / "decisions.ndjson", folder / "outcomes.ndjson"]
    for file, lines in zip(files, lived, strict=True):
        file.write_bytes(lines)
    as_of = BEGIN + timedelta(days=days)
    counted = count(files[:1], files[1:], None, as_of=as_of)
    return counted, findings(counted, SHARES)


def best(offers: Catalogue, people: Sequence[Scored], truth: Truth) -> Policy:
    found = compare(offers, people, truth, today=BEGIN)
    return next(one for one in found if one.name == "expected value")


def so_far(counted: Counted, arm: str) -> float:
    """The share who left by now, where no line yet is taken for staying."""
    left, others = counted.ages.left[arm].sum(), counted.ages.censored[arm].sum()
    return float(left / (left + others))


def test_lift_finds_the_truth(offers: Catalogue, people: list[Scored], tmp_path: Path) -> None:
    truth = all_are(HAPPY, offers)
    _, found = trial(offers, people, truth, tmp_path)
    real = best(offers, people, truth)
    assert found.effects is not None
    assert found.effects.lift.low < real.kept / real.contacts < found.effects.lift.high
    assert found.effects.margin.low < real.true / real.contacts < found.effects.margin.high


def test_an_offer_that_only_delays_shows_no_effect_but_to_the_naive(
    offers: Catalogue, people: list[Scored], tmp_path: Path
) -> None:
    late = Effect(saves=0.0, saves_otherwise=0.0, sleeping_dogs=0.0, delays=40)
    counted, found = trial(offers, people, all_are(late, offers), tmp_path, days=120)
    assert found.effects is not None
    assert found.effects.lift.low < 0 < found.effects.lift.high
    assert found.effects.observed.low < 0 < found.effects.observed.high
    assert so_far(counted, "holdout") - so_far(counted, "policy") > 0.03


def test_outcomes_that_one_arm_lacks_are_refused_where_the_naive_sees_an_effect(
    offers: Catalogue, people: list[Scored], tmp_path: Path
) -> None:
    idle = Effect(saves=0.0, saves_otherwise=0.0, sleeping_dogs=0.0)
    truth = all_are(idle, offers, unreported=Unreported(policy=0.3))
    counted, found = trial(offers, people, truth, tmp_path)
    assert found.effects is None
    assert [one.name for one in found.checks if not one.holds] == [
        "outcomes are known as often in each arm"
    ]
    assert so_far(counted, "holdout") - so_far(counted, "policy") > 0.05


def test_an_offer_that_few_may_have_is_not_taken_for_one_that_works(
    offers: Catalogue, people: list[Scored], tmp_path: Path
) -> None:
    truth = all_are(Effect(saves=0.0, saves_otherwise=0.0, sleeping_dogs=0.0), offers)
    more = TRIAL.model_copy(update={"explore": 0.5})
    tried = offers.model_copy(update={"experiment": more})
    counted, _ = trial(tried, people, truth, tmp_path, customers=10_000)
    shares = {"holdout": 0.2, "explore": 0.5, "policy": 0.3}
    effects = findings(counted, shares).effects
    assert effects is not None
    assert len(effects.by_chance) > 3
    assert min(one.p for one in effects.by_chance) > 0.01
    held = counted.cells.of("holdout")
    naive = []
    for one in effects.by_chance:
        here = (counted.cells.arm == "explore") & (counted.cells.offer == one.offer)
        mine = counted.cells.where(here).of("explore")
        naive.append(shares_of_left(held, mine))
    assert any(one.excludes_zero for one in naive)


def shares_of_left(held: Sums, offered: Sums) -> Estimate:
    return lift.shares(*(int(arm[name]) for arm in (held, offered) for name in ("n", "left")))


def test_numbers_are_changed_in_place_and_comments_stay() -> None:
    text = (ROOT / "artifacts" / "offers.toml").read_text()
    old = parse(text)
    economy = old.offers[1].economy.model_copy(update={"deadweight": 0.25})
    offers = (old.offers[0], old.offers[1].model_copy(update={"economy": economy}))
    new = old.model_copy(update={"offers": (*offers, *old.offers[2:]), "version": "1.2.1"})
    found = rewritten(text, new)
    assert parse(found) == new
    changed = [
        pair
        for pair in zip(text.splitlines(), found.splitlines(), strict=True)
        if pair[0] != pair[1]
    ]
    assert [after.partition("   #")[0].rstrip() for _, after in changed] == [
        'version = "1.2.1"',
        "economy = { reference = { share = 0.03, months = 24 }, deadweight = 0.25 }",
    ]
    assert [one.partition("#")[2] for one, _ in changed] == [
        one.partition("#")[2] for _, one in changed
    ]


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("", "economy = { acceptance = [9, 9] }"),
        ("economy = { acceptance = [1, 2] }  # seen", "economy = { acceptance = [9, 9] }  # seen"),
        ("[offers.economy]\nacceptance = [1, 2]  # seen", "acceptance = [9, 9]  # seen"),
        ("[offers.economy]\ndeadweight = 0.1", "acceptance = [9, 9]"),
    ],
)
def test_numbers_are_changed_however_the_table_is_written(form: str, wanted: str) -> None:
    text = (ROOT / "artifacts" / "offers.toml").read_text()
    first, rest = re.split(r"(?m)^economy = .*acceptance = \[7, 13\].*$", text)
    if form.startswith("["):
        texts = rest.index("[offers.texts.en]")
        text = f"{first}{rest[:texts]}{form}\n{rest[texts:]}"
    else:
        text = f"{first}{form}{rest}"
    old = parse(text)
    economy = old.offers[0].economy.model_copy(update={"acceptance": (9, 9)})
    economy = type(economy).model_validate_json(economy.model_dump_json())
    new = old.model_copy(
        update={"offers": (old.offers[0].model_copy(update={"economy": economy}), *old.offers[1:])}
    )
    assert wanted in rewritten(text, new).splitlines()


def test_the_lines_are_those_of_the_function(offers: Catalogue, people: list[Scored]) -> None:
    lived = live(Trial(300, BEGIN, 10, 3), offers, "v", people, Truth())
    page = (ROOT / "docs" / "decision-log.md").read_text()
    samples = [
        json.loads(block)
        for block in re.findall(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    ]
    for sample, lines in zip(samples, lived, strict=True):
        for line in map(json.loads, lines.splitlines()):
            assert line.keys() == sample.keys()
            kinds = {name: (type(line[name]), type(sample[name])) for name in line}
            assert {one for one in kinds.values() if one[0] is not one[1]} <= {(float, float)}


def test_the_same_seed_is_the_same_world(offers: Catalogue, people: list[Scored]) -> None:
    one, same, other = (
        live(Trial(200, BEGIN, 10, seed), offers, "v", people, Truth()) for seed in (1, 1, 2)
    )
    assert one == same != other


def test_what_is_assumed_is_true_where_no_truth_is_given(
    offers: Catalogue, people: list[Scored]
) -> None:
    found = {one.name: one for one in compare(offers, people, Truth(), today=BEGIN)}
    for one in found.values():
        assert one.true == pytest.approx(one.assumed)
    assert found["none"][1:7] == (0, 0, 0, 0, 0, (0, 0))
    most = found["expected value"]
    assert most.true == max(one.true for one in found.values())
    assert found["highest risk"].contacts >= most.contacts
    assert found["random"].true < most.true


@given(
    st.floats(0.05, 0.95),
    st.floats(0, 0.5),
    st.floats(0, 0.4),
    st.floats(0, 0.5),
    st.floats(0, 0.3),
)
def test_shares_are_those_of_the_closed_form(
    p: float, g: float, alpha: float, psi: float, sigma: float
) -> None:
    n = 4000
    drawn = np.random.default_rng(1).random((2, n))
    left, accepted = became(drawn, *(np.full(n, share) for share in (p, g, alpha, psi, sigma)))
    assert left.mean() == pytest.approx(p * (1 - g) + (1 - p) * sigma, abs=0.04)
    assert accepted.mean() == pytest.approx(p * (g + alpha) + (1 - p) * psi, abs=0.04)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[offers.nobody]\nsaves = 0.1", "the catalogue has no nobody"),
        ("[offers.annual-plan]\nsaves = 2", "saves: must be less than or equal to 1"),
        ("[offers.annual-plan]\nkeeps = 0.2", "keeps"),
        ("[calibration]\nb = -1", "b: must be greater than 0"),
        ("not toml", "is not valid TOML"),
    ],
)
def test_a_faulty_truth_is_told(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "truth.toml"
    file.write_text(text)
    with pytest.raises(ArtifactError, match=message):
        read_truth(file, load(ROOT / "artifacts" / "offers.toml"))


def test_a_truth_says_only_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "truth.toml"
    file.write_text("[calibration]\na = 0.2\n[offers.annual-plan]\nsaves = 0.5\n")
    found = read_truth(file, catalogue())
    first = catalogue().offers[0]
    money = found.constants(first, catalogue().assumptions)
    assert (found.calibration.a, found.calibration.b) == (0.2, 1.0)
    assert money.answering.mean == 0.5
    assert money.deadweight == catalogue().assumptions.deadweight
