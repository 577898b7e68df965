"""Reading, checking and applying a scorecard."""

import hashlib
import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.model import SCHEMA, Customer
from churn_lib.customer.schema import ARTIFACTS
from churn_lib.errors import ArtifactError
from churn_lib.score.scorecard import MANIFEST, SCORECARD, Scorecard, load, scorecard, sigmoid
from churn_lib.score.terms import Card, Curve
from tests.churn_lib.score.test_terms import CARD, CONTRACT, PAIR, TENURE
from tests.customers import customers

Row = dict[str, object]


def written(card: Card, folder: Path) -> Path:
    content = card.model_dump_json().encode()
    (folder / SCORECARD).write_bytes(content)
    manifest = {"files": {SCORECARD: hashlib.sha256(content).hexdigest()}}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    return folder


@given(row=customers())
def test_intercept_and_effects_make_the_logit_and_the_logit_the_probability(row: Row) -> None:
    customer = Customer.model_validate(row)
    for card in (Scorecard(CARD, "test"), scorecard()):
        score = card.score(customer)
        assert abs(card.card.intercept + sum(score.effects) - score.logit) <= 1e-12
        assert 0 < score.probability < 1
        assert math.isclose(
            math.log(score.probability / (1 - score.probability)), score.logit, abs_tol=1e-9
        )


@pytest.mark.parametrize(("logit", "probability"), [(-930.0, 0.0), (0.0, 0.5), (930.0, 1.0)])
def test_the_largest_logits_do_not_overflow(logit: float, probability: float) -> None:
    assert sigmoid(logit) == pytest.approx(probability, abs=1e-300)


def test_reasons_are_the_strongest_effects_up_and_down_in_plain_words(example: Row) -> None:
    customer = Customer.model_validate({**example, "tenure": 30, "MonthlyCharges": 100.0})
    card = Scorecard(CARD, "test")
    reasons = card.reasons(customer, card.score(customer))
    assert [(reason["feature"], reason["effect"]) for reason in reasons] == [
        ("tenure and MonthlyCharges", 5.0),
        ("Contract", 1.0),
        ("tenure", -1.0),
    ]
    assert reasons[1]["text"] == "pays month to month"


def test_reasons_are_limited_each_way_and_leave_out_what_hardly_matters(example: Row) -> None:
    flat = Curve(feature="tenure", knots=(0.0, 1.0), values=(0.04, 0.04))
    quiet = Card(intercept=0.0, terms=(CONTRACT, flat))
    card, customer = Scorecard(quiet, "test"), Customer.model_validate(example)
    assert [reason["feature"] for reason in card.reasons(customer, card.score(customer))] == [
        "Contract"
    ]
    assert card.reasons(customer, card.score(customer), limit=1)[0]["effect"] == 1.0


def test_the_version_is_the_beginning_of_the_digest(tmp_path: Path) -> None:
    loaded = load(written(CARD, tmp_path))
    content = (tmp_path / SCORECARD).read_bytes()
    assert (loaded.card, loaded.version) == (CARD, hashlib.sha256(content).hexdigest()[:12])


def test_one_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = written(CARD, tmp_path) / SCORECARD
    path.write_bytes(path.read_bytes().replace(b"-0.25", b"-0.26"))
    with pytest.raises(ArtifactError, match="SHA-256 differ"):
        load(tmp_path)


@pytest.mark.parametrize("name", [SCORECARD, MANIFEST])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (written(CARD, tmp_path) / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        load(tmp_path)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"files": {}}'])
def test_a_damaged_manifest_is_named(tmp_path: Path, manifest: str) -> None:
    (written(CARD, tmp_path) / MANIFEST).write_text(manifest)
    with pytest.raises(ArtifactError, match=r"manifest\.json is damaged"):
        load(tmp_path)


def test_many_first_requests_at_once_get_equal_scorecards_and_later_ones_the_same(
    tmp_path: Path,
) -> None:
    folder = written(CARD, tmp_path)
    with ThreadPoolExecutor(32) as pool:
        loaded = list(pool.map(lambda _: scorecard(folder), range(320)))
    assert all((one.card, one.version) == (CARD, loaded[0].version) for one in loaded)
    assert scorecard(folder) is scorecard(folder)


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_probability_rises_with_the_logit(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert sigmoid(low) <= sigmoid(high)


def test_what_is_beyond_the_ends_of_all_knots_is_outside(example: Row) -> None:
    rising = Curve(feature="tenure", knots=(2.0, 50.0), values=(0.0, 1.0))
    card = Scorecard(Card(intercept=0.0, terms=(CONTRACT, rising)), "test")

    def outside(tenure: int) -> list[str]:
        return card.outside(Customer.model_validate({**example, "tenure": tenure}))

    assert [outside(tenure) for tenure in (0, 1, 50, 51)] == [["tenure"], [], [], ["tenure"]]


def described(folder: Path, **more: object) -> Path:
    """The folder with more in its manifest."""
    told = json.loads((folder / MANIFEST).read_bytes())
    (folder / MANIFEST).write_text(json.dumps({**told, **more}))
    return folder


def test_a_scorecard_of_this_schema_is_loaded_and_so_is_one_that_tells_of_none(
    tmp_path: Path,
) -> None:
    assert load(written(CARD, tmp_path)).card == CARD
    assert load(described(tmp_path, schema=SCHEMA.digest)).card == CARD
    assert load(described(tmp_path, schema=None)).card == CARD


@pytest.mark.parametrize("schema", ["0" * 64, "", 5, []])
def test_a_scorecard_of_another_schema_is_refused_however_well_it_fits(
    schema: object, tmp_path: Path
) -> None:
    with pytest.raises(ArtifactError) as caught:
        load(described(written(CARD, tmp_path), schema=schema))
    assert str(caught.value) == (
        "scorecard.json was trained for another customer.toml; train anew: churn train FILE"
    )


def test_the_first_attribute_that_does_not_fit_is_named(tmp_path: Path) -> None:
    content = CARD.model_dump_json().replace('"feature":"tenure"', '"feature":"age"').encode()
    (tmp_path / SCORECARD).write_bytes(content)
    files = {SCORECARD: hashlib.sha256(content).hexdigest()}
    (tmp_path / MANIFEST).write_text(json.dumps({"files": files, "schema": "0" * 64}))
    with pytest.raises(ArtifactError) as caught:
        load(tmp_path)
    assert str(caught.value) == (
        "scorecard.json was trained for another customer.toml; train anew: churn train FILE; "
        "the first attribute that does not fit is 'age'"
    )


def test_the_shipped_manifest_names_the_shipped_schema() -> None:
    assert json.loads((ARTIFACTS / MANIFEST).read_bytes())["schema"] == SCHEMA.digest


def test_effects_come_in_the_order_of_the_terms_whatever_their_kinds(example: Row) -> None:
    terms = (PAIR, TENURE, CONTRACT)
    customer = Customer.model_validate({**example, "tenure": 30, "MonthlyCharges": 100.0})
    for card in (Card(intercept=0.0, terms=terms), Card(intercept=0.0, terms=terms[::-1])):
        effects = Scorecard(card, "test").score(customer).effects
        assert dict(zip([term.kind for term in card.terms], effects, strict=True)) == {
            "pair": 5.0,
            "curve": -1.0,
            "levels": 1.0,
        }
