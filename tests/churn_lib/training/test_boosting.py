"""Trees of depth 2 as terms: exactly what LightGBM says, and small enough for a scorecard."""

import io
import json
import pickle
import re
from collections.abc import Sequence
from dataclasses import replace

import joblib
import lightgbm
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from churn_lib.customer.schema import Attribute, Kind, Made, Trend
from churn_lib.training.boosting import MOST_BYTES, MOST_PAIRS, Boosted, DepthTwo
from churn_lib.training.data import Labels
from churn_lib.training.learner import Floats, Folds
from churn_lib.training.leaves import ENDLESS, tidy, units
from churn_lib.training.steps import GRID, Edges, Groups, Term
from churn_lib.training.trees import BOOSTINGS, Task, matrix
from tests.churn_lib.training import card_by_hand

FREE = DepthTwo(trends={}, notes={})
"""Knows no attribute: any level and "not known" are allowed everywhere."""
TREES = 40

KINDS = ("few", "whole", "money", "huge", "gaps", "constant", "empty", "levels", "more", "one")


def folds_of(left: Labels) -> Folds:
    return [*StratifiedKFold(3, shuffle=True, random_state=1).split(left, left)]


def column(kind: str, rows: int, rng: np.random.Generator) -> pl.Series:
    gaps = rng.random(rows) < (0.2 if kind in ("gaps", "more") else 0)
    numbers = {
        "few": rng.integers(-1, 3, rows),
        "whole": rng.integers(0, 500, rows),
        "money": rng.normal(60, 25, rows).round(2),
        "huge": rng.normal(0, 1, rows) * 10.0 ** rng.integers(0, 299, rows),
        "gaps": rng.exponential(9, rows),
        "constant": np.full(rows, 7.5),
        "empty": np.full(rows, np.nan),
    }
    if kind in numbers:
        return pl.Series(np.where(gaps, np.nan, numbers[kind]), dtype=pl.Float64).fill_nan(None)
    levels = {"levels": [*"abc"], "more": [*"abcdefghij"], "one": ["only"]}[kind]
    found = zip(gaps, rng.choice(levels, rows).tolist(), strict=True)
    return pl.Series([None if gap else level for gap, level in found], dtype=pl.String)


def customers(kinds: Sequence[str], rows: int, seed: int) -> tuple[pl.DataFrame, Labels]:
    """Columns of these kinds, on which it depends who leaves, together and alone."""
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame({f"{kind}{k}": column(kind, rows, rng) for k, kind in enumerate(kinds)})
    ranks = [frame[name].rank("average").fill_null(0).to_numpy() / rows for name in frame.columns]
    log_odds = sum(np.sin(6 * rank) * (1 + ranks[0]) for rank in ranks) - 0.5
    left = (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    left[:10], left[-10:] = 0, 1
    return frame, left


def grown(task: Task) -> Boosted:
    intercept, parts = task.grown(16, None, TREES, BOOSTINGS)
    return Boosted(0.0, TREES, 16, intercept, parts)


def by_lightgbm(task: Task, frame: pl.DataFrame) -> Floats:
    """LightGBM's own predictions, once its trees have our leaves and edges."""
    boosters = task.boosters(16, None, TREES, BOOSTINGS)
    seen = matrix(frame, task.columns).toarray()
    total = np.full(len(frame), task.base / GRID)
    for booster in boosters:
        total += lightgbm.Booster(model_str=rounded(booster)).predict(seen, raw_score=True)
    return total


def rounded(booster: lightgbm.Booster) -> str:
    """The text of its trees, with leaves and edges as terms have them."""

    def leaves(line: re.Match[str]) -> str:
        return line[1] + " ".join(repr(units(float(x), BOOSTINGS) / GRID) for x in line[2].split())

    def edges(line: re.Match[str]) -> str:
        return line[1] + " ".join(repr(min(tidy(float(x)), ENDLESS)) for x in line[2].split())

    text = re.sub(r"(?m)^(leaf_value=)(.*)$", leaves, booster.model_to_string())
    text = re.sub(r"(?m)^(threshold=)(.*)$", edges, text)
    return re.sub(r"(?m)^tree_sizes=.*\n", "", text)  # they have changed


def probes(model: Boosted, frame: pl.DataFrame, rows: int = 300) -> pl.DataFrame:
    """Customers at every edge and beside it, far outside, of every level and none, not known."""
    rng = np.random.default_rng(9)

    def drawn(name: str) -> pl.Series:
        values = [None, *frame[name].unique(), *edges_of(model, name)]
        values += ["not listed"] if frame[name].dtype == pl.String else [0.0, -1e299, 1e299]
        places = [*range(len(values)), *rng.integers(0, len(values), rows)][:rows]
        found = [values[place] for place in rng.permutation(places)]
        return pl.Series(name, found, dtype=frame[name].dtype)

    return pl.DataFrame([drawn(name) for name in frame.columns])


def edges_of(model: Boosted, name: str) -> list[float]:
    """All edges of a number, and their neighbours."""
    axes = [
        axis
        for part in model.parts
        for feature, axis in zip(part.features, part.axes, strict=True)
        if feature == name and isinstance(axis, Edges)
    ]
    edges = np.array([edge for axis in axes for edge in axis.edges])
    found = np.concatenate([edges, np.nextafter(edges, -np.inf), np.nextafter(edges, np.inf)])
    # LightGBM takes the numbers next to zero for zero.
    return sorted({float(edge) for edge in found if abs(edge) > 1e-34})


def known_as_in_training(frame: pl.DataFrame, probed: pl.DataFrame) -> pl.DataFrame:
    """LightGBM takes what is not known for 0 where it never was so in training."""
    always = [name for name in frame.columns if not frame[name].null_count()]
    return probed.with_columns(pl.col(name).fill_null(frame[name][0]) for name in always)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5), st.integers(0, 1000))
def test_the_terms_say_what_lightgbm_says_at_every_edge_and_beside_it(
    kinds: list[str], seed: int
) -> None:
    frame, left = customers(kinds, 250, seed)
    task = FREE.task(frame, left, folds_of(left), seed)
    model = grown(task)
    probed = known_as_in_training(frame, probes(model, frame))
    assert model.log_odds(probed) == pytest.approx(by_lightgbm(task, probed), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5), st.integers(0, 1000))
def test_a_scorecard_says_what_the_model_says(kinds: list[str], seed: int) -> None:
    frame, left = customers(kinds, 250, seed)
    model = grown(FREE.task(frame, left, folds_of(left), seed))
    probed = probes(model, frame)
    told = card_by_hand.log_odds(model.terms(), probed)
    assert model.log_odds(probed) == pytest.approx(told, abs=1e-9)


@pytest.fixture(scope="module")
def table() -> tuple[pl.DataFrame, Labels]:
    return customers(KINDS, 700, 3)


@pytest.fixture(scope="module")
def model(table: tuple[pl.DataFrame, Labels]) -> Boosted:
    frame, left = table
    return FREE.fit(frame, left, folds_of(left), 1)


def test_all_that_is_tuned_ends_in_a_scorecard_that_says_the_same(
    table: tuple[pl.DataFrame, Labels], model: Boosted
) -> None:
    probed = probes(model, table[0], 1000)
    told = card_by_hand.log_odds(model.terms(), probed)
    assert model.log_odds(probed) == pytest.approx(told, abs=1e-9)


def test_a_scorecard_is_small(model: Boosted) -> None:
    assert sum(len(part.axes) == 2 for part in model.parts) <= MOST_PAIRS
    assert model.size <= MOST_BYTES
    assert len(json.dumps(model.terms(), separators=(",", ":"))) < 150_000


def test_numbers_in_a_scorecard_are_short(model: Boosted) -> None:
    numbers = re.findall(r"-?[0-9][0-9.e+-]*", json.dumps(model.terms()))
    assert max(map(len, numbers)) <= 19


def test_no_two_terms_are_about_the_same_attributes(model: Boosted) -> None:
    features = [frozenset(part.features) for part in model.parts]
    assert len(features) == len({*features})


def test_the_log_loss_does_not_fall_where_there_is_nothing_but_noise() -> None:
    frame, left = customers(["money", "more", "gaps"], 900, 8)
    shuffled = np.random.default_rng(1).permutation(left)
    nothing = log_loss(shuffled, np.full(900, shuffled.mean()))
    assert FREE.fit(frame, shuffled, folds_of(shuffled), 1).log_loss > nothing - 0.003
    assert FREE.fit(frame, left, folds_of(left), 1).log_loss < nothing - 0.05


def test_the_same_seed_gives_the_same_bytes(
    table: tuple[pl.DataFrame, Labels], model: Boosted
) -> None:
    frame, left = table
    again, other = (FREE.fit(frame, left, folds_of(left), seed) for seed in (1, 2))
    assert pickle.dumps(again) == pickle.dumps(model)
    assert again.terms() != other.terms()


def test_a_pickled_model_holds_no_trees(table: tuple[pl.DataFrame, Labels], model: Boosted) -> None:
    file = io.BytesIO()
    joblib.dump(model, file)
    assert b"lightgbm" not in file.getvalue()
    file.seek(0)
    assert (joblib.load(file).log_odds(table[0]) == model.log_odds(table[0])).all()


@pytest.mark.parametrize(("trend", "sign"), [("rises", 1), ("falls", -1)])
def test_the_risk_never_moves_against_a_trend(trend: Trend, sign: int) -> None:
    frame, left = customers(["whole", "gaps", "more"], 700, 4)
    learner = replace(FREE, trends={"gaps1": trend})
    found = learner.fit(frame, left, folds_of(left), 1)
    steps = sorted({-1.0, 1e6, *edges_of(found, "gaps1")})
    assert len(steps) > 3
    for row in range(40):
        same = pl.concat([frame[row]] * len(steps)).with_columns(pl.Series("gaps1", steps))
        assert (np.diff(found.log_odds(same)) * sign >= 0).all()


def test_a_number_that_was_never_missing_has_the_mean_effect_where_it_is() -> None:
    frame, left = customers(["money", "whole"], 400, 5)
    found = grown(FREE.task(frame, left, folds_of(left), 1))
    unknown = frame[:1].with_columns(pl.lit(None, pl.Float64).alias("money0"))
    [steps] = [part for part in found.parts if part.features == ("money0",)]
    mean = steps.effect(frame).mean()
    assert abs(steps.effect(unknown)[0] - mean) <= 0.5


def test_the_schema_decides_what_a_scorecard_says_of_other_and_unknown_values() -> None:
    frame, left = customers(["money", "levels"], 400, 6)
    listed = Attribute(label="", phrases={}, levels=("a", "b", "c", "rare"))
    notes = {"money0": Attribute(label="", phrases={}), "levels1": listed}
    open_notes = {
        "money0": notes["money0"]._replace(unknown="has no bill"),
        "levels1": listed._replace(unknown="has no plan", other="has another plan"),
    }
    closed, opened = (
        json.dumps(grown(replace(FREE, notes=known).task(frame, left, folds_of(left), 1)).terms())
        for known in (notes, open_notes)
    )
    assert "rare" in closed
    assert not re.search("unknown|other", closed)
    assert {*re.findall("unknown|other", opened)} == {"unknown", "other"}


@pytest.mark.parametrize(
    ("kind", "known", "expected"),
    [("ratio", "", True), ("sum", "", False), ("sum", "has no bill on record", True)],
)
def test_what_is_worked_out_may_be_unknown_as_its_parts_may_or_as_ratios_may(
    kind: Kind, known: str, expected: bool
) -> None:
    frame, left = customers(["money", "whole"], 400, 7)
    note = Attribute(label="", phrases={})
    made = note._replace(made=Made(kind, ("part", "money0")))
    notes = {"part": note._replace(unknown=known), "money0": note, "whole1": made}
    found = grown(replace(FREE, notes=notes).task(frame, left, folds_of(left), 1))
    axes = [part.axes[0] for part in found.parts if part.features == ("whole1",)]
    assert [axis.unknown is not None for axis in axes] == [expected]


def test_many_bins_are_taken_where_few_can_not_tell_customers_apart() -> None:
    rng = np.random.default_rng(1)
    x = rng.random(3000)
    left = (rng.random(3000) < 0.2 + 0.6 * (np.floor(x * 40) % 2)).astype(np.int64)
    assert FREE.fit(pl.DataFrame({"x": x}), left, folds_of(left), 1).bins == 64


def test_fewer_pairs_are_joined_until_the_scorecard_has_room(
    table: tuple[pl.DataFrame, Labels], model: Boosted
) -> None:
    frame, left = table
    small = replace(FREE, most_bytes=model.size // 2).fit(frame, left, folds_of(left), 1)
    assert small.size <= model.size // 2
    smallest = replace(FREE, most_bytes=0).fit(frame, left, folds_of(left), 1)
    assert {len(part.axes) for part in smallest.parts} == {1}


def test_the_names_of_levels_take_room_too() -> None:
    groups = tuple((f"月々の契約 {number}",) for number in range(60))
    units = np.full((60, 60), 1234567)
    term = Term(("a", "b"), (Groups(groups, None, None), Groups(groups, None, None)), units)
    written = len(json.dumps(term.card(), separators=(",", ":")))
    assert written == pytest.approx(term.size, rel=0.1)


def test_where_nothing_can_be_learnt_all_have_the_share_that_left() -> None:
    frame, left = customers(["constant", "empty", "one"], 300, 5)
    found = FREE.fit(frame, left, folds_of(left), 1)
    assert found.parts == []
    assert 1 / (1 + np.exp(-found.log_odds(frame))) == pytest.approx(left.mean(), abs=1e-6)
